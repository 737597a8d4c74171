//! Order for what is few: maps of an entry's groups, keys of one CBOR map, a person's reminders.
//!
//! The standard library's sort is made for millions. Each type it sorts brings its own copy of about 4 kB to the phone's library, and
//! collecting into a B-tree sorts first, so a map of three groups costs as much: the copies were 140 kB of 5 MB. What is here is as
//! small as a loop. [`sort_few`] is quadratic, so it is for lists whose length a format or a person bounds; the maps are as quick as any.

use std::collections::{BTreeMap, BTreeSet};

/// Sorts a short list by a key; equal keys stay in their order. Quadratic: for tens of items, not thousands.
pub(crate) fn sort_few<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && key(&list[at]) < key(&list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// The map of these pairs; of equal keys the last one stays.
///
/// # Errors
/// The first pair that is an error.
pub(crate) fn try_map<K: Ord, V, E>(pairs: impl Iterator<Item = Result<(K, V), E>>) -> Result<BTreeMap<K, V>, E> {
    let mut map = BTreeMap::new();
    for pair in pairs {
        let (key, value) = pair?;
        map.insert(key, value);
    }
    Ok(map)
}

/// The map of these pairs; of equal keys the last one stays.
pub(crate) fn map<K: Ord, V>(pairs: impl Iterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// The set of these items.
pub(crate) fn set<T: Ord>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_lists_are_sorted_as_the_standard_library_sorts_them(list: Vec<(u8, u16)>) {
            let (mut ours, mut theirs) = (list.clone(), list);
            sort_few(&mut ours, |(key, _)| key % 16);
            theirs.sort_by_key(|(key, _)| key % 16);
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn maps_are_what_collecting_gives(pairs: Vec<(u8, u16)>) {
            let theirs: BTreeMap<_, _> = pairs.iter().copied().collect();
            prop_assert_eq!(&map(pairs.iter().copied()), &theirs);
            prop_assert_eq!(set(pairs.iter().copied()), pairs.iter().copied().collect::<BTreeSet<_>>());
            prop_assert_eq!(try_map(pairs.into_iter().map(Ok::<_, ()>)), Ok(theirs));
        }
    }

    #[test]
    fn a_pair_that_is_an_error_ends_the_map() {
        assert_eq!(try_map([Ok((1, 1)), Err("bad"), Err("worse")].into_iter()), Err("bad"));
    }
}
