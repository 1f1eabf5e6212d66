//! Files over partitions.

use std::ops::Range;

/// Cuts files into at most `count` runs of about equal bytes, in order and none empty. A run is never less than one
/// file; a source without files gives one empty run.
pub(crate) fn split_by_bytes(sizes: &[u64], count: usize) -> Vec<Range<usize>> {
    let count = count.clamp(1, sizes.len().max(1));
    let total: u128 = sizes.iter().map(|&s| u128::from(s)).sum();
    let mut runs = Vec::with_capacity(count);
    let (mut start, mut seen) = (0, 0u128);
    for (i, &size) in sizes.iter().enumerate() {
        seen += u128::from(size);
        let done = runs.len() as u128 + 1;
        let left = sizes.len() - i - 1;
        let cut = seen * count as u128 >= total * done || left < count - runs.len();
        if cut && left > 0 && runs.len() + 1 < count {
            runs.push(start..i + 1);
            start = i + 1;
        }
    }
    runs.push(start..sizes.len());
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_all_files_in_order_and_none_is_empty() {
        for n in 0..20usize {
            for count in 1..25 {
                for sizes in [
                    vec![1; n],
                    vec![0; n],
                    (0..n as u64).collect(),
                    (0..n as u64).rev().map(|i| i * i).collect(),
                ] {
                    let runs = split_by_bytes(&sizes, count);
                    assert_eq!(
                        runs.iter().cloned().flatten().collect::<Vec<_>>(),
                        (0..n).collect::<Vec<_>>()
                    );
                    assert!(runs.len() <= count);
                    assert!(
                        n == 0 || runs.iter().all(|r| !r.is_empty()),
                        "{sizes:?} {count} {runs:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn runs_are_balanced() {
        let runs = split_by_bytes(&[10; 100], 4);
        assert!(runs.iter().all(|r| r.len() == 25), "{runs:?}");
    }
}
