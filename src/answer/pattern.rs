//! Texts that match a pattern, for the common part of the language of patterns: characters, classes,
//! groups, alternatives, repetitions. What it makes is judged like everything else.

use super::stand_in::Random;

/// A text that matches; `None` where the pattern says something this does not know.
pub(super) fn matching(pattern: &str, random: &mut Random) -> Option<String> {
    let mut reader = Reader { rest: pattern, nested: 0 };
    let node = reader.alternatives()?;
    if !reader.rest.is_empty() {
        return None;
    }
    let mut text = String::new();
    write(&node, random, &mut text);
    (text.len() < MAX_LENGTH).then_some(text)
}

const MAX_LENGTH: usize = 10_000;

enum Node {
    Any(Vec<char>),
    All(Vec<Self>),
    Either(Vec<Self>),
    Times(Box<Self>, usize, usize),
}

fn write(node: &Node, random: &mut Random, text: &mut String) {
    if text.len() >= MAX_LENGTH {
        return;
    }
    match node {
        Node::Any(chars) => text.extend(chars.get(random.below(chars.len()))),
        Node::All(nodes) => nodes.iter().for_each(|node| write(node, random, text)),
        Node::Either(nodes) => {
            if let Some(node) = nodes.get(random.below(nodes.len())) {
                write(node, random, text);
            }
        }
        Node::Times(node, least, most) => {
            let count = least + random.below((most - least).min(3) + 1);
            for _ in 0..count {
                write(node, random, text);
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    nested: usize,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn takes(&mut self, token: &str) -> bool {
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn alternatives(&mut self) -> Option<Node> {
        let mut all = vec![self.sequence()?];
        while self.takes("|") {
            all.push(self.sequence()?);
        }
        Some(Node::Either(all))
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut all = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            if self.takes("^")
                || self.takes("$")
                || self.takes("\\b")
                || self.takes("\\A")
                || self.takes("\\z")
            {
                continue;
            }
            let one = self.one()?;
            all.push(self.repeated(one)?);
        }
        Some(Node::All(all))
    }

    fn one(&mut self) -> Option<Node> {
        match self.take()? {
            '(' => {
                self.nested += 1;
                let known = self.nested < 50 && (self.takes("?:") || !self.rest.starts_with('?'));
                let inner = known.then(|| self.alternatives()).flatten()?;
                self.nested -= 1;
                self.takes(")").then_some(inner)
            }
            '[' => self.class(),
            '.' => Some(Node::Any(('a'..='z').collect())),
            '\\' => self.take().and_then(escaped).map(Node::Any),
            '*' | '+' | '?' => None,
            other => Some(Node::Any(vec![other])),
        }
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let (least, most) = if self.takes("*") {
            (0, 3)
        } else if self.takes("+") {
            (1, 4)
        } else if self.takes("?") {
            (0, 1)
        } else if self.takes("{") {
            let (inner, after) = self.rest.split_once('}')?;
            self.rest = after;
            let (least, most) = inner.split_once(',').unwrap_or((inner, inner));
            let least = least.trim().parse().ok()?;
            let most = if most.trim().is_empty() { least + 3 } else { most.trim().parse().ok()? };
            (least, most)
        } else {
            return Some(node);
        };
        let _ = self.takes("?");
        (least <= most && least < MAX_LENGTH).then(|| Node::Times(Box::new(node), least, most))
    }

    fn class(&mut self) -> Option<Node> {
        let negated = self.takes("^");
        let mut chars: Vec<char> = Vec::new();
        while !self.takes("]") {
            let from = match self.take()? {
                '\\' => {
                    let set = self.take().and_then(escaped)?;
                    if set.len() > 1 {
                        chars.extend(set);
                        continue;
                    }
                    *set.first()?
                }
                '[' => return None,
                other => other,
            };
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                let _ = self.take();
                let to = self.take()?;
                chars.extend((from..=to).take(200));
            } else {
                chars.push(from);
            }
        }
        if negated {
            chars = (' '..='~').filter(|c| !chars.contains(c)).collect();
        }
        (!chars.is_empty()).then_some(Node::Any(chars))
    }
}

fn escaped(c: char) -> Option<Vec<char>> {
    Some(match c {
        'd' => ('0'..='9').collect(),
        'w' => ('a'..='z').chain('0'..='9').collect(),
        's' => vec![' '],
        'n' => vec!['\n'],
        't' => vec!['\t'],
        c if !c.is_alphanumeric() => vec![c],
        _ => return None,
    })
}
