//! Python modules: which there are, what they import, and what imported names lead to in other files.
//!
//! [`Modules`] knows the files of a source by their names and keeps of each that was asked for what its module binds: names
//! and positions, no rows. Files are read when an import leads to them.

mod expand;
mod find;
mod index;
mod known;
mod names;
mod resolve;
mod rows;
mod standard;
mod target;
mod walk;

use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::file::Entry;

pub(crate) use names::{All, Import, ImportStatement, ModuleNames, Site, SiteKind};
pub(crate) use rows::{DATASETS, needs_names, write};

use find::Place;
use index::{Index, ModuleId};
use known::{AllKnown, Known, StarNames};

/// Reads the files that imports lead to.
pub trait ModuleReader: Debug + Send {
    /// The bytes of a file, or why they cannot be had.
    fn read(&mut self, entry: &Entry) -> io::Result<Vec<u8>>;
}

/// The Python modules of a source, shared by all that extract from it.
#[derive(Debug)]
pub struct Modules {
    index: Arc<Index>,
    /// What is kept of each module once it was read; none if it could not be parsed.
    kept: Vec<OnceLock<Option<Arc<Kept>>>>,
    known: AllKnown,
    bytes: AtomicUsize,
}

/// What is kept of a module.
#[derive(Debug)]
struct Kept {
    /// By name, then in the order of the file.
    sites: Vec<Site>,
    /// The imports that `sites` name, and stars.
    imports: Vec<Import>,
    /// Where the stars of the module are among the imports, in the order of the file.
    stars: Vec<usize>,
    /// Where each import leads, once it was followed.
    places: Vec<OnceLock<Step>>,
    all: Option<All>,
    replaced_by: Option<Box<str>>,
    is_dynamic: bool,
}

/// The module that an import names.
#[derive(Debug)]
struct Step {
    absolute: String,
    place: Place,
}

impl Modules {
    /// The modules among the files of a source; those in other languages are left out.
    pub fn new(entries: &[Entry]) -> Self {
        Self::of_index(Arc::new(Index::new(entries)))
    }

    /// The same modules, of none of which anything is kept.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self::of_index(Arc::clone(&self.index))
    }

    fn of_index(index: Arc<Index>) -> Self {
        let kept = index.modules().iter().map(|_| OnceLock::new()).collect();
        Self {
            index,
            kept,
            known: AllKnown::default(),
            bytes: AtomicUsize::new(0),
        }
    }

    /// The files and the folders of namespace packages that `modules` has rows of, in the order of the bytes of their paths.
    pub fn entries(&self) -> Vec<Entry> {
        let listed = self.index.modules().iter().filter(|m| m.is_listed);
        listed.map(|m| m.entry.clone()).collect()
    }

    /// About how many bytes of memory it takes.
    pub fn memory_size(&self) -> usize {
        self.index.memory_size() + self.bytes.load(Ordering::Relaxed)
    }

    /// What a module binds; reads its file if nobody has.
    fn kept(&self, id: ModuleId, read: &mut dyn FnMut(&Entry) -> Option<ModuleNames>) -> Option<&Kept> {
        let module = self.index.module(id);
        if module.is_namespace {
            return None;
        }
        let slot = self.kept[id.position()].get_or_init(|| self.keep(read(&module.entry).as_ref()));
        slot.as_deref()
    }

    /// What a name of a module is known to lead to.
    fn known(&self, module: ModuleId, name: &str, beside: Option<ModuleId>) -> Option<Arc<Known>> {
        self.known.get(module, name, beside)
    }

    fn remember(&self, module: ModuleId, name: &str, beside: Option<ModuleId>, known: Known) {
        let bytes = self.known.insert(module, name, beside, known);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The names that a star of a module is known to bring.
    fn known_star(&self, module: ModuleId) -> Option<StarNames> {
        self.known.star(module)
    }

    fn remember_star(&self, module: ModuleId, names: StarNames) {
        let bytes = self.known.insert_star(module, names);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Leaves what is known of a file that was read anyway.
    pub(crate) fn offer_at(&self, entry: &Entry, names: Option<&ModuleNames>) {
        if let Some(id) = self.index.at(&entry.path) {
            self.kept[id.position()].get_or_init(|| self.keep(names));
        }
    }

    fn keep(&self, names: Option<&ModuleNames>) -> Option<Arc<Kept>> {
        let kept = Kept::new(names?);
        self.bytes.fetch_add(kept.memory_size(), Ordering::Relaxed);
        Some(Arc::new(kept))
    }
}

impl Kept {
    fn new(names: &ModuleNames) -> Self {
        let mut imports = Vec::new();
        let mut stars = Vec::new();
        let mut moved = vec![0; names.imports.len()];
        let mut is_named = vec![false; names.imports.len()];
        for site in &names.sites {
            if let SiteKind::Import(i) = site.kind {
                is_named[i as usize] = true;
            }
        }
        for (i, import) in names.imports.iter().enumerate() {
            let is_star = import.is_star() && import.in_module;
            if is_star {
                stars.push(imports.len());
            }
            if is_star || is_named[i] {
                moved[i] = imports.len() as u32;
                imports.push(Import {
                    // The rows of other files do not need it.
                    import_id: String::new(),
                    ..import.clone()
                });
            }
        }
        let site = |site: &Site| Site {
            name: site.name.clone(),
            kind: match site.kind {
                SiteKind::Import(i) => SiteKind::Import(moved[i as usize]),
                kind => kind,
            },
            ..*site
        };
        let mut sites: Vec<Site> = names.sites.iter().map(site).collect();
        sites.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            sites,
            places: imports.iter().map(|_| OnceLock::new()).collect(),
            imports,
            stars,
            all: names.all.clone(),
            replaced_by: names.replaced_by.clone(),
            is_dynamic: names.is_dynamic,
        }
    }

    /// The sites of a name that may be the last to bind it, in the order of the file, and where the last is that is sure
    /// to. A deletion that is sure leaves none before it.
    fn live(&self, name: &str) -> Live<'_> {
        let start = self.sites.partition_point(|site| &*site.name < name);
        let count = self.sites[start..].partition_point(|site| &*site.name == name);
        let all = &self.sites[start..start + count];
        let certain = all.iter().rposition(|site| !site.is_conditional);
        Live {
            sites: &all[certain.unwrap_or(0)..],
            certain_at: certain.map(|i| all[i].bstart),
        }
    }

    fn memory_size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity);
        let imports = self
            .imports
            .iter()
            .map(|i| size_of::<Import>() + 2 * size_of::<Step>() + text(&i.module) + text(&i.asname));
        let sites = self.sites.iter().map(|s| size_of::<Site>() + s.name.len());
        let all = self.all.iter().flat_map(|all| &all.names);
        imports.sum::<usize>() + sites.sum::<usize>() + all.map(|n| n.len() + size_of::<Box<str>>()).sum::<usize>()
    }
}

/// What may be bound to a name in the end.
struct Live<'k> {
    sites: &'k [Site],
    /// Where the first of them is, if it is sure to run.
    certain_at: Option<u32>,
}

impl Import {
    pub(crate) fn is_star(&self) -> bool {
        matches!(&self.statement, ImportStatement::From { name, .. } if name == "*")
    }
}
