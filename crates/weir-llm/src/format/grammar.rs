//! A context-free grammar over bytes, and how a text that follows it can go on.
//!
//! No rule may begin with itself: a place in a text is the stacks of what must still come, and such
//! a rule would have no end of them.

use std::collections::BTreeSet;

/// Some of the 256 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// The bytes in any of these ranges, both ends included.
    pub(super) const fn of(ranges: &[(u8, u8)]) -> Self {
        let mut bits = [0; 4];
        let mut range = 0;
        while range < ranges.len() {
            let (mut byte, last) = (ranges[range].0 as usize, ranges[range].1 as usize);
            while byte <= last {
                bits[byte / 64] |= 1 << (byte % 64);
                byte += 1;
            }
            range += 1;
        }
        Self(bits)
    }

    const fn contains(self, byte: u8) -> bool {
        self.0[byte as usize / 64] >> (byte % 64) & 1 == 1
    }
}

/// Name of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule(usize);

/// One part of what a rule stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// One byte of these.
    One(Bytes),
    /// What another rule stands for.
    Rule(Rule),
}

/// A place in the grammar.
type Place = u32;

/// All ways in which a text can go on: for each the places that must still be passed, the next one
/// last. A way that is empty says that the text may end here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Ways(Vec<Vec<Place>>);

impl Ways {
    /// Whether the text may end here.
    pub(super) fn may_end(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }
}

/// A grammar.
#[derive(Debug, Clone, Default)]
pub(super) struct Grammar {
    /// All alternatives, one after the other, each with `None` behind it.
    parts: Vec<Option<Part>>,
    /// Where the alternatives of each rule begin.
    rules: Vec<Vec<Place>>,
    /// Bytes of the shortest text of each rule.
    shortest: Vec<usize>,
}

impl Grammar {
    /// A rule that is [defined](Self::define) later, since others that it names name it.
    pub(super) fn declare(&mut self) -> Rule {
        self.rules.push(Vec::new());
        self.shortest.push(usize::MAX);
        Rule(self.rules.len() - 1)
    }

    /// Adds alternatives to `rule`.
    pub(super) fn define(&mut self, rule: Rule, alternatives: impl IntoIterator<Item = Vec<Part>>) {
        for alternative in alternatives {
            self.rules[rule.0].push(self.parts.len() as Place);
            self.parts.extend(alternative.into_iter().map(Some));
            self.parts.push(None);
        }
    }

    /// A rule that stands for any of these.
    pub(super) fn rule(&mut self, alternatives: impl IntoIterator<Item = Vec<Part>>) -> Rule {
        let rule = self.declare();
        self.define(rule, alternatives);
        rule
    }

    /// How many parts it has.
    pub(super) const fn len(&self) -> usize {
        self.parts.len()
    }

    /// Finds the shortest text of every rule; to be called once all are defined.
    pub(super) fn finish(&mut self) {
        loop {
            let before = self.shortest.clone();
            for rule in 0..self.rules.len() {
                let lengths = self.rules[rule].iter().map(|&place| self.length(place));
                self.shortest[rule] = lengths.min().unwrap_or(usize::MAX);
            }
            if self.shortest == before {
                return;
            }
        }
    }

    /// How texts of `rule` can begin.
    pub(super) fn begin(&self, rule: Rule) -> Ways {
        let mut ways = BTreeSet::new();
        for &place in &self.rules[rule.0] {
            self.reach(vec![place], &mut ways);
        }
        Ways(ways.into_iter().collect())
    }

    /// How the text can go on behind `byte`; `None` if it cannot.
    pub(super) fn step(&self, ways: &Ways, byte: u8) -> Option<Ways> {
        let mut next = BTreeSet::new();
        for way in &ways.0 {
            if let Some((&place, rest)) = way.split_last()
                && let Some(Part::One(bytes)) = self.part(place)
                && bytes.contains(byte)
            {
                let mut way = rest.to_vec();
                way.push(place + 1);
                self.reach(way, &mut next);
            }
        }
        (!next.is_empty()).then(|| Ways(next.into_iter().collect()))
    }

    /// Bytes of the shortest text that completes what stands here.
    pub(super) fn needed(&self, ways: &Ways) -> usize {
        let length = |way: &Vec<Place>| {
            let lengths = way.iter().map(|&place| self.length(place));
            lengths.fold(0, usize::saturating_add)
        };
        ways.0.iter().map(length).min().unwrap_or(usize::MAX)
    }

    fn part(&self, place: Place) -> Option<Part> {
        self.parts.get(place as usize).copied().flatten()
    }

    /// Follows a way down to where it takes a byte or ends.
    fn reach(&self, mut way: Vec<Place>, reached: &mut BTreeSet<Vec<Place>>) {
        while let Some(place) = way.pop() {
            match self.part(place) {
                None => {}
                Some(Part::One(_)) => {
                    way.push(place);
                    break;
                }
                Some(Part::Rule(rule)) => {
                    // Without what is left of an alternative that is done, lists grow no stack.
                    if self.part(place + 1).is_some() {
                        way.push(place + 1);
                    }
                    for &alternative in &self.rules[rule.0] {
                        let mut way = way.clone();
                        way.push(alternative);
                        self.reach(way, reached);
                    }
                    return;
                }
            }
        }
        reached.insert(way);
    }

    /// Bytes of the shortest text from `place` to the end of its alternative.
    fn length(&self, place: Place) -> usize {
        (place..)
            .map_while(|place| self.part(place))
            .map(|part| match part {
                Part::One(_) => 1,
                Part::Rule(rule) => self.shortest[rule.0],
            })
            .fold(0, usize::saturating_add)
    }
}
