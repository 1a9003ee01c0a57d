//! Random programs.

use super::chance::Chance;
use super::program::{Block, Movement, Player, Program, Stmt, Var};

/// Which statements a program may have.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // a set of yes-or-no facts
pub struct Kinds {
    pub lanes: bool,
    pub otherwise: bool,
    /// A `require` that may not hold, a `repeat` that may run out.
    pub failing: bool,
    pub returns: bool,
    pub thinks: bool,
}

struct Generator {
    chance: Chance,
    kinds: Kinds,
    next: Var,
    tag: i64,
    left: usize,
    movements: usize,
    /// Which movement is made.
    which: usize,
}

pub fn program(seed: u64, size: usize, kinds: Kinds) -> Program {
    let mut generator =
        Generator { chance: Chance(seed), kinds, next: 0, tag: 0, left: 0, movements: 0, which: 0 };
    generator.movements = 1 + generator.chance.below(4);
    let mut movements = Vec::new();
    for which in 0..generator.movements {
        generator.which = which;
        generator.left = size;
        let params: Vec<Var> = (0..2).map(|_| generator.fresh()).collect();
        let thinks = kinds.thinks && which > 0 && generator.chance.once_in(3);
        let body = generator.block(&params, 0, kinds.returns);
        movements.push(Movement { params, body, thinks });
    }
    Program { movements }
}

impl Generator {
    fn fresh(&mut self) -> Var {
        self.next += 1;
        self.next
    }

    fn one(&mut self, numbers: &[Var]) -> Var {
        numbers[self.chance.below(numbers.len())]
    }

    /// A block that sees these numbers; its result is a number.
    fn block(&mut self, around: &[Var], depth: usize, returns: bool) -> Block {
        let mut numbers = around.to_vec();
        let mut stmts = Vec::new();
        for _ in 0..=self.chance.below(5) {
            if self.left == 0 {
                break;
            }
            self.left -= 1;
            let stmt = self.stmt(&mut numbers, depth, returns);
            stmts.push(stmt);
        }
        Block { stmts, result: Some(self.one(&numbers)) }
    }

    fn call(&mut self, numbers: &mut Vec<Var>) -> Stmt {
        let player = Player::ALL[self.chance.below(Player::ALL.len())];
        let args = (0..self.chance.below(3)).map(|_| self.one(numbers)).collect();
        self.tag += 1;
        let out = self.fresh();
        numbers.push(out);
        Stmt::Call { player, tag: self.tag, args, out }
    }

    fn stmt(&mut self, numbers: &mut Vec<Var>, depth: usize, returns: bool) -> Stmt {
        let choice = self.chance.below(if depth < 4 { 22 } else { 10 });
        match choice {
            0..=5 => self.call(numbers),
            6 => {
                let (a, out) = (self.one(numbers), self.fresh());
                numbers.push(out);
                Stmt::Sum { a, n: 1, out }
            }
            7 => match self.chance.below(3) {
                0 => Stmt::Wait,
                1 => Stmt::Say,
                _ => Stmt::Require { a: self.one(numbers), holds: true },
            },
            8 if self.kinds.failing => Stmt::Require { a: self.one(numbers), holds: false },
            9 if returns => Stmt::Return { a: self.one(numbers), b: self.one(numbers) },
            10 | 11 => {
                let a = self.one(numbers);
                let then = self.block(numbers, depth + 1, returns);
                let other = self.block(numbers, depth + 1, returns);
                let out = self.fresh();
                numbers.push(out);
                Stmt::If { a, then, other, out }
            }
            12..=14 => self.each(numbers, depth),
            15 | 16 => self.repeat(numbers, depth, returns),
            17 if self.kinds.lanes => {
                let count = 1 + self.chance.below(3);
                Stmt::Together((0..count).map(|_| self.stmt(numbers, depth + 1, returns)).collect())
            }
            18 if self.kinds.otherwise => {
                let body = self.block(numbers, depth + 1, returns);
                let fallback = self.block(numbers, depth + 1, returns);
                let out = self.fresh();
                numbers.push(out);
                Stmt::Otherwise { body, error: None, fallback, out }
            }
            19 => {
                let count = 1 + self.chance.below(2);
                Stmt::Limit((0..count).map(|_| self.stmt(numbers, depth + 1, returns)).collect())
            }
            _ if self.which + 1 < self.movements => {
                let which = self.which + 1 + self.chance.below(self.movements - self.which - 1);
                let args = (0..2).map(|_| self.one(numbers)).collect::<Vec<_>>();
                let out = self.fresh();
                numbers.push(out);
                Stmt::Movement { which, args, out }
            }
            _ => self.call(numbers),
        }
    }

    fn each(&mut self, numbers: &[Var], depth: usize) -> Stmt {
        let item = self.fresh();
        let mut inner = numbers.to_vec();
        inner.push(item);
        let skip = self.chance.once_in(4).then(|| self.one(&inner));
        let body = self.block(&inner, depth + 1, false);
        let count = i64::try_from(self.chance.below(4)).unwrap();
        let lanes = self.kinds.lanes && self.chance.once_in(3);
        Stmt::For { count, lanes, item, skip, body, out: self.fresh() }
    }

    fn repeat(&mut self, numbers: &mut Vec<Var>, depth: usize, returns: bool) -> Stmt {
        let (start, carried) = (self.one(numbers), self.fresh());
        let mut inner = numbers.clone();
        inner.push(carried);
        let mut body = self.block(&inner, depth + 1, returns);
        // What decides on stopping is computed in the round.
        let stop = self.chance.once_in(2).then(|| {
            let out = self.fresh();
            self.tag += 1;
            body.stmts.push(Stmt::Call { player: Player::Thinker, tag: self.tag, args: vec![carried], out });
            out
        });
        let exhausts = self.kinds.failing && self.chance.once_in(2);
        let other = (!exhausts).then(|| {
            let around: Vec<Var> = inner.clone();
            self.block(&around, depth + 1, returns)
        });
        let bound = i64::try_from(self.chance.below(4)).unwrap();
        let out = self.fresh();
        numbers.push(out);
        Stmt::Repeat { bound, start, carried, body, stop, other, out }
    }
}
