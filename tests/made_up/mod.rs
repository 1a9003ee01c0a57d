//! Scores that are made up: every form of the language, put together by chance, with comments and line breaks
//! wherever they may stand. Most of them parse; few have no errors.

/// Repeatable chance (xorshift): the same seed gives the same scores.
pub struct Dice(u64);

impl Dice {
    pub fn seeded(seed: u64) -> Self {
        Self(seed.max(1))
    }

    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (below.max(1) as u64)).expect("small")
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn chance(&mut self, of: usize) -> bool {
        self.roll(of) == 0
    }
}

const NAMES: &[&str] = &["a", "b", "draft", "writer", "x1", "_own", "topic", "error", "it", "with", "every"];
const TYPES: &[&str] =
    &["Idea", "Mood", "text", "int", "number", "bool", "date", "money", "json", "image", "nothing"];

/// A whole score.
pub fn score(dice: &mut Dice) -> String {
    let mut maker = Maker { dice, depth: 0 };
    let mut out = String::new();
    if maker.dice.chance(8) {
        out.push_str("#!/usr/bin/env score\n");
    }
    if maker.dice.chance(3) {
        out.push_str("//! What it is.\n//! And why.\n");
    }
    for _ in 0..=maker.dice.roll(4) {
        if maker.dice.chance(4) {
            out.push_str("/// What it does.\n");
        }
        out.push_str(&maker.item());
        out.push_str(maker.dice.one(&["\n", "\n\n", "\n\n\n", "  // behind\n", "\n// below\n"]));
    }
    out
}

struct Maker<'d> {
    dice: &'d mut Dice,
    depth: usize,
}

impl Maker<'_> {
    /// Blanks, perhaps a line break, perhaps a comment.
    fn gap(&mut self) -> &'static str {
        self.dice.one(&[" ", " ", " ", " ", " ", "  ", "\n", "\n\n  ", " // note\n", "\n  // alone\n  "])
    }

    fn name(&mut self) -> String {
        self.dice.one(NAMES).to_owned()
    }

    fn list(&mut self, most: usize, make: impl Fn(&mut Self) -> String) -> String {
        let mut out = String::new();
        let count = self.dice.roll(most + 1);
        for at in 0..count {
            if at > 0 {
                out.push(',');
            }
            out.push_str(self.gap());
            out.push_str(&make(self));
        }
        if count > 0 && self.dice.chance(4) {
            out.push(',');
        }
        out.push_str(self.gap());
        out
    }

    fn item(&mut self) -> String {
        let name = self.name();
        match self.dice.roll(8) {
            0 => format!("use ./{name}{}{{ {name} as b }}", self.gap()),
            1 => {
                let fields = self.fields();
                format!("type Idea{}{{{fields}}}", self.gap())
            }
            2 => format!("type Mood = \"calm\" |{}\"angry\"", self.gap()),
            3 => {
                let value = self.expr();
                format!("instrument {name}{}= {value}", self.gap())
            }
            4 | 5 => self.part(&name),
            6 => format!("test \"it {name}\" {}", self.test_block()),
            _ => {
                let (params, ty, block) = (self.params(), self.ty(), self.block());
                let mark = self.dice.one(&["", "", " thinks", " up to 3 deep"]);
                format!("movement {name}{params} ->{}{ty}{mark} {block}", self.gap())
            }
        }
    }

    fn fields(&mut self) -> String {
        let mut out = String::from(self.gap());
        for at in 0..=self.dice.roll(3) {
            let ty = self.ty();
            let more = match self.dice.roll(5) {
                0 => format!(" where {}", self.small()),
                1 => format!(" = {}", self.small()),
                _ => String::new(),
            };
            out.push_str(&format!(
                "f{at}: {ty}{more}{}",
                self.dice.one(&[",", "\n", "\n\n", "\n  // note\n"])
            ));
        }
        out
    }

    fn params(&mut self) -> String {
        let inner = self.list(3, |maker| {
            let (name, ty) = (maker.name(), maker.ty());
            match maker.dice.roll(5) {
                0 => format!("{name}: {ty} = {}", maker.small()),
                1 => format!("{name}: {ty} where it != nothing"),
                _ => format!("{name}: {ty}"),
            }
        });
        format!("({inner})")
    }

    fn ty(&mut self) -> String {
        self.depth += 1;
        let made = match if self.depth > 3 { 0 } else { self.dice.roll(9) } {
            0..=3 => self.dice.one(TYPES).to_owned(),
            4 => format!("[{}; 1..{}]", self.ty(), self.dice.roll(9)),
            5 => format!("[{}]", self.ty()),
            6 => format!("map[{}]", self.ty()),
            7 => format!("(text | {})?", self.dice.one(TYPES)),
            _ => format!("part({}) -> {}", self.dice.one(TYPES), self.dice.one(TYPES)),
        };
        self.depth -= 1;
        made
    }

    fn part(&mut self, name: &str) -> String {
        let (params, ty) = (self.params(), self.ty());
        let mut out = format!("part {name}{params} -> {ty}");
        for _ in 0..self.dice.roll(4) {
            let clause = match self.dice.roll(12) {
                0 => format!("by {}", self.name()),
                1 => String::from("by openai(\"m\")"),
                2 => format!("using {}, {}", self.name(), self.name()),
                3 => format!("from {}", self.name()),
                4 => format!("ensure {}{}else \"No, {{it}}.\"", self.small(), self.gap()),
                5 => String::from("retry 2"),
                6 => String::from("within 30s, $0.05"),
                7 => String::from("up to 3 turns"),
                8 => String::from("otherwise nothing"),
                9 => self.dice.one(&["thinks", "reads", "acts", "fresh"]).to_owned(),
                10 => format!("prefill {}", self.small()),
                _ => format!("stdin {}", self.small()),
            };
            out.push_str(self.gap());
            out.push_str(&clause);
        }
        out.push_str(self.gap());
        match self.dice.roll(5) {
            0 => {}
            1 => out.push_str("system \"Be brief.\" user \"Say {a}.\""),
            2 => out.push_str("\"\"\"\n    Say {a}.\n      Indented {\n b}.\n\n  \"\"\""),
            3 => out.push_str("r\"\"\"raw {a}\"\"\""),
            _ => out.push_str("\"Say {a}, {b}.\""),
        }
        out
    }

    fn block(&mut self) -> String {
        self.depth += 1;
        let mut out = String::from("{");
        let count = if self.depth > 4 { 0 } else { self.dice.roll(4) };
        for _ in 0..count {
            out.push_str(self.gap());
            out.push_str(&self.statement());
        }
        out.push_str(self.gap());
        out.push_str(&self.small());
        out.push_str(self.gap());
        out.push('}');
        self.depth -= 1;
        out
    }

    fn test_block(&mut self) -> String {
        let (seat, expr) = (self.small(), self.expr());
        let gap = self.gap();
        format!("{{{gap}seat {} = script([{seat}]){}expect {expr}{}}}", self.name(), "\n", self.gap())
    }

    fn statement(&mut self) -> String {
        match self.dice.roll(9) {
            0..=2 => format!("let {} = {}\n", self.name(), self.expr()),
            3 => format!("let {}: {} = {}\n", self.name(), self.ty(), self.expr()),
            4 => format!("require {} else \"No.\"\n", self.small()),
            5 => format!("say {}\n", self.small()),
            6 => String::from("wait 2s\n"),
            7 => format!("return {} if {}\n", self.small(), self.small()),
            _ => format!("{}\n", self.expr()),
        }
    }

    /// An expression without blocks.
    fn small(&mut self) -> String {
        match self.dice.roll(10) {
            0 => self.name(),
            1 => String::from("1_000"),
            2 => String::from("$0.50"),
            3 => String::from("\"text with {a}\""),
            4 => format!("{} == {}", self.name(), self.name()),
            5 => format!("len({})", self.name()),
            6 => format!("{}.{}", self.name(), self.name()),
            7 => format!("({} + 2)", self.name()),
            8 => String::from("nothing"),
            _ => format!("not {}", self.name()),
        }
    }

    fn expr(&mut self) -> String {
        self.depth += 1;
        let made = if self.depth > 5 { self.small() } else { self.form() };
        self.depth -= 1;
        made
    }

    fn form(&mut self) -> String {
        match self.dice.roll(24) {
            0..=3 => self.small(),
            4 => {
                let inner = self.list(4, Self::expr);
                format!("[{inner}]")
            }
            5 => {
                let inner = self.list(3, |maker| format!("{}: {}", maker.name(), maker.expr()));
                format!("f({inner})")
            }
            6 => {
                let inner = self.list(3, Self::expr);
                format!("{}({inner})", self.name())
            }
            7 => {
                let inner = self.list(3, |maker| format!("{}: {}", maker.name(), maker.expr()));
                format!("g({{{inner}}})")
            }
            8 => {
                let op =
                    self.dice.one(&["+", "-", "*", "/", "==", "<", "and", "or", "??", "in", "not in", "|>"]);
                format!("({}{}{op} {})", self.expr(), self.gap(), self.expr())
            }
            9 => format!("if {} {} else {}", self.small(), self.block(), self.block()),
            10 => format!("for {} in {} {}", self.name(), self.name(), self.block()),
            11 => format!("for (i, {}) in 1..3 together {}", self.name(), self.block()),
            12 => format!(
                "repeat up to 3 every 2s with c: text = {} {} else {}",
                self.small(),
                self.block(),
                self.small()
            ),
            13 => {
                let arms = self.list(3, |maker| {
                    let pattern =
                        maker.dice.one(&["\"calm\"", "Idea i", "nothing", "_", "v", "1 | 2", "text t"]);
                    format!("{pattern} => {}", maker.expr())
                });
                format!("match {}{}{{{arms}}}", self.name(), self.gap())
            }
            14 => format!("together {}", self.block()),
            15 => format!("limit 2min, $1 {}", self.block()),
            16 => format!("h(x => {})", self.expr()),
            17 => format!("({} otherwise {})", self.small(), self.expr()),
            18 => format!("(f() otherwise on timeout, unavailable {})", self.block()),
            19 => format!("f({}) by {} within 30s retry 2", self.small(), self.name()),
            20 => format!("({} as {})", self.name(), self.ty()),
            21 => format!("({} is {})", self.name(), self.dice.one(TYPES)),
            22 => format!("{}[{}..]", self.name(), self.dice.roll(4)),
            _ => String::from("\"\"\"\n      Long {a}\n        text.\n    \"\"\""),
        }
    }
}
