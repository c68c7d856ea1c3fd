//! Puts the n-th smallest of a slice in its place, and leaves the others where the reference does.

/// Rearranges `items` so that the one at `nth` is where sorting by `key` would put it, with none
/// after it smaller and none before it larger. Keys are all different.
///
/// Hoare's selection (1961) with the median of three as pivot, down to three items, which are
/// sorted. This is the order in which the C++ library of the reference leaves the two halves; its
/// fallback for inputs that make selection quadratic is not needed for a few hundred items.
pub(super) fn select<K: Ord>(items: &mut [usize], nth: usize, key: impl Fn(usize) -> K) {
    let (mut first, mut last) = (0, items.len());
    while last - first > 3 {
        let mut three = [first + 1, first + (last - first) / 2, last - 1];
        three.sort_by_key(|place| key(items[*place]));
        items.swap(first, three[1]);
        let pivot = key(items[first]);
        let (mut left, mut right) = (first + 1, last);
        loop {
            while key(items[left]) < pivot {
                left += 1;
            }
            right -= 1;
            while pivot < key(items[right]) {
                right -= 1;
            }
            if left >= right {
                break;
            }
            items.swap(left, right);
            left += 1;
        }
        if left <= nth {
            first = left;
        } else {
            last = left;
        }
    }
    items[first..last].sort_by_key(|item| key(*item));
}
