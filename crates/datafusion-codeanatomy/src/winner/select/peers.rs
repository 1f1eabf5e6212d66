//! Rows that share the first place of their group.

use super::compare::Loc;
use super::kept::Kept;
use super::store::{Change, Store};

/// Peers that are noted before the first look for those that have lost.
const FIRST_PRUNE: usize = 1 << 16;

/// A row that came after the first of its group, and is equal to it in all order keys.
#[derive(Debug, Clone, Copy)]
struct Peer {
    group: u32,
    /// That of its group when it came.
    epoch: u32,
    loc: Loc,
}

/// The peers of the first rows of all groups.
pub(super) struct Peers {
    rows: Vec<Peer>,
    /// How often a first row that had peers has lost its place, per group: its peers have lost with it.
    epochs: Vec<u32>,
    /// The first peer in the batch at hand.
    new: usize,
    prune_at: usize,
}

impl Peers {
    pub(super) fn new() -> Self {
        Self {
            rows: Vec::new(),
            epochs: Vec::new(),
            new: 0,
            prune_at: FIRST_PRUNE,
        }
    }

    /// A batch begins, and there are so many groups now.
    pub(super) fn begin(&mut self, groups: usize) {
        self.epochs.resize(groups.max(self.epochs.len()), 0);
        self.new = self.rows.len();
    }

    pub(super) fn push(&mut self, group: usize, loc: Loc) {
        let (group, epoch) = (group as u32, self.epochs[group]);
        self.rows.push(Peer { group, epoch, loc });
    }

    /// The first row of the group, which had peers, has lost its place.
    pub(super) fn dethrone(&mut self, group: usize) {
        self.epochs[group] = self.epochs[group].wrapping_add(1);
    }

    fn is_peer(epochs: &[u32], peer: &Peer) -> bool {
        epochs[peer.group as usize] == peer.epoch
    }

    /// Marks those of the batch at hand.
    pub(super) fn mark(&mut self, kept: &mut Kept) {
        let mut new = self.rows.split_off(self.new);
        new.retain(|peer| Self::is_peer(&self.epochs, peer));
        new.iter().for_each(|peer| kept.mark(peer.loc.row));
        self.rows.append(&mut new);
    }

    /// Gives those of the batch at hand the places that their rows have now.
    pub(super) fn renumber(&mut self, places: &[u32]) {
        for peer in &mut self.rows[self.new..] {
            peer.loc.row = places[peer.loc.row as usize];
        }
    }

    /// Whether there are twice as many as after the last look.
    pub(super) fn wants_prune(&self) -> bool {
        self.rows.len() >= self.prune_at
    }

    /// Forgets those that have lost.
    pub(super) fn prune(&mut self, store: &mut Store) {
        self.rows.retain(|peer| {
            let stays = Self::is_peer(&self.epochs, peer);
            if !stays {
                store.release(peer.loc);
            }
            stays
        });
        self.prune_at = FIRST_PRUNE.max(2 * self.rows.len());
    }

    pub(super) fn change(&mut self, change: Change<'_>) {
        self.rows.iter_mut().for_each(|peer| change(&mut peer.loc));
    }

    /// Each with its group; those that have lost are gone, since they were pruned.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Loc)> {
        self.rows.iter().map(|peer| (peer.group as usize, peer.loc))
    }

    pub(super) fn memory(&self) -> usize {
        self.rows.capacity() * size_of::<Peer>() + self.epochs.capacity() * size_of::<u32>()
    }
}
