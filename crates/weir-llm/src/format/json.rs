//! The rules of JSON, written as a model should write it: on one line, with at most one space behind
//! a colon or a comma, and numbers that any reader can hold.

use super::grammar::{Bytes, Grammar, Part, Rule};

/// Digits before and behind the point of a number: as many as a double keeps.
const DIGITS: usize = 15;

const SPACE: Bytes = Bytes::of(&[(b' ', b' ')]);
const DIGIT: Bytes = Bytes::of(&[(b'0', b'9')]);
const HEX: Bytes = Bytes::of(&[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]);
/// Of a code point that is no half of a pair.
const HEX_BUT_D: Bytes = Bytes::of(&[
    (b'0', b'9'),
    (b'A', b'C'),
    (b'E', b'F'),
    (b'a', b'c'),
    (b'e', b'f'),
]);
const CONTINUED: Bytes = Bytes::of(&[(0x80, 0xbf)]);

/// The rules for values of each type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json {
    pub(super) string: Rule,
    pub(super) number: Rule,
    pub(super) integer: Rule,
    pub(super) boolean: Rule,
    pub(super) null: Rule,
    pub(super) object: Rule,
    pub(super) any: Rule,
    gap: Rule,
}

impl Json {
    pub(super) fn new(grammar: &mut Grammar) -> Self {
        let gap = grammar.rule([vec![], vec![Part::One(SPACE)]]);
        let string = string(grammar);
        let sign = Part::Rule(grammar.rule([vec![], literal("-")]));
        let positive = Part::Rule(positive(grammar));
        // Without a negative zero, which is no integer to every reader.
        let integer = grammar.rule([literal("0"), vec![sign, positive]]);
        let magnitude = Part::Rule(grammar.rule([literal("0"), vec![positive]]));
        let fraction = [literal("."), vec![digits(grammar, DIGITS)]].concat();
        let fraction = Part::Rule(grammar.rule([vec![], fraction]));
        let number = grammar.rule([vec![sign, magnitude, fraction]]);
        let boolean = grammar.rule([literal("true"), literal("false")]);
        let null = grammar.rule([literal("null")]);
        let [object, array, any] = [(); 3].map(|()| grammar.declare());
        let json = Self {
            string,
            number,
            integer,
            boolean,
            null,
            object,
            any,
            gap,
        };
        let types = [string, number, boolean, null, object, array];
        grammar.define(any, types.map(|rule| vec![Part::Rule(rule)]));
        let items = json.list(grammar, any, 0, None);
        grammar.define(array, [items]);
        let member = [
            vec![Part::Rule(string)],
            json.colon(),
            vec![Part::Rule(any)],
        ]
        .concat();
        let members = json.separated(grammar, member);
        let members = grammar.rule([vec![], members]);
        grammar.define(
            object,
            [[literal("{"), vec![Part::Rule(members)], literal("}")].concat()],
        );
        json
    }

    /// A colon, and perhaps a space.
    pub(super) fn colon(self) -> Vec<Part> {
        [literal(":"), vec![Part::Rule(self.gap)]].concat()
    }

    /// A comma, and perhaps a space.
    pub(super) fn comma(self) -> Vec<Part> {
        [literal(","), vec![Part::Rule(self.gap)]].concat()
    }

    /// An array of `least` to `most` of these items.
    pub(super) fn list(
        self,
        grammar: &mut Grammar,
        item: Rule,
        least: usize,
        most: Option<usize>,
    ) -> Vec<Part> {
        let another = [self.comma(), vec![Part::Rule(item)]].concat();
        // From the last item to the first: what may follow each of them.
        let mut rest = match most {
            Some(most) => {
                let mut rest = grammar.rule([vec![]]);
                for _ in least.max(1)..most {
                    let one_more = [another.clone(), vec![Part::Rule(rest)]].concat();
                    rest = grammar.rule([vec![], one_more]);
                }
                rest
            }
            None => {
                let rest = grammar.declare();
                let one_more = [another.clone(), vec![Part::Rule(rest)]].concat();
                grammar.define(rest, [vec![], one_more]);
                rest
            }
        };
        for _ in 1..least {
            let one_more = [another.clone(), vec![Part::Rule(rest)]].concat();
            rest = grammar.rule([one_more]);
        }
        let mut contents = Vec::new();
        if least == 0 {
            contents.push(vec![]);
        }
        if most != Some(0) {
            contents.push(vec![Part::Rule(item), Part::Rule(rest)]);
        }
        let contents = grammar.rule(contents);
        [literal("["), vec![Part::Rule(contents)], literal("]")].concat()
    }

    /// One or more of these, with commas between them.
    fn separated(self, grammar: &mut Grammar, item: Vec<Part>) -> Vec<Part> {
        let rest = grammar.declare();
        let another = [self.comma(), item.clone(), vec![Part::Rule(rest)]].concat();
        grammar.define(rest, [vec![], another]);
        [item, vec![Part::Rule(rest)]].concat()
    }
}

/// Exactly this text.
pub(super) fn literal(text: &str) -> Vec<Part> {
    let one = |byte| Part::One(Bytes::of(&[(byte, byte)]));
    text.bytes().map(one).collect()
}

/// RFC 8259, section 7: UTF-8 as the Unicode standard's table 3-7 has it, and escapes. Half of a
/// pair of code points is never escaped: many readers refuse one alone.
fn string(grammar: &mut Grammar) -> Rule {
    let one = |ranges: &[(u8, u8)]| Part::One(Bytes::of(ranges));
    let hex = Part::One(HEX);
    let next = Part::One(CONTINUED);
    let characters = grammar.declare();
    let character = [
        vec![one(&[(b' ', b'!'), (b'#', b'['), (b']', 0x7f)])],
        vec![one(&[(0xc2, 0xdf)]), next],
        vec![one(&[(0xe0, 0xe0)]), one(&[(0xa0, 0xbf)]), next],
        vec![one(&[(0xe1, 0xec), (0xee, 0xef)]), next, next],
        vec![one(&[(0xed, 0xed)]), one(&[(0x80, 0x9f)]), next],
        vec![one(&[(0xf0, 0xf0)]), one(&[(0x90, 0xbf)]), next, next],
        vec![one(&[(0xf1, 0xf3)]), next, next, next],
        vec![one(&[(0xf4, 0xf4)]), one(&[(0x80, 0x8f)]), next, next],
        [literal("\\"), vec![Part::One(Bytes::of(&ESCAPED))]].concat(),
        [literal("\\u"), vec![Part::One(HEX_BUT_D), hex, hex, hex]].concat(),
        [
            literal("\\u"),
            vec![
                one(&[(b'D', b'D'), (b'd', b'd')]),
                one(&[(b'0', b'7')]),
                hex,
                hex,
            ],
        ]
        .concat(),
    ];
    let more = character.map(|character| [character, vec![Part::Rule(characters)]].concat());
    grammar.define(characters, more.into_iter().chain([vec![]]));
    grammar.rule([[literal("\""), vec![Part::Rule(characters)], literal("\"")].concat()])
}

/// What may stand behind a backslash, but for `u`.
const ESCAPED: [(u8, u8); 8] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'/', b'/'),
    (b'b', b'b'),
    (b'f', b'f'),
    (b'n', b'n'),
    (b'r', b'r'),
    (b't', b't'),
];

/// A whole number from 1 on.
fn positive(grammar: &mut Grammar) -> Rule {
    let mut more = grammar.rule([vec![]]);
    for _ in 1..DIGITS {
        more = grammar.rule([vec![], vec![Part::One(DIGIT), Part::Rule(more)]]);
    }
    let first = Part::One(Bytes::of(&[(b'1', b'9')]));
    grammar.rule([vec![first, Part::Rule(more)]])
}

/// One digit to `most`.
fn digits(grammar: &mut Grammar, most: usize) -> Part {
    let mut rule = grammar.rule([vec![Part::One(DIGIT)]]);
    for _ in 1..most {
        rule = grammar.rule([
            vec![Part::One(DIGIT)],
            vec![Part::One(DIGIT), Part::Rule(rule)],
        ]);
    }
    Part::Rule(rule)
}
