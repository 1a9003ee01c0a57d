//! What a program means when each statement is performed before the next one starts.

use std::collections::HashMap;

use super::driver::{answer, fails};
use super::program::{Block, Player, Program, Stmt, Var};
use crate::value::Value;

/// What a sequential performance does.
#[derive(Debug, Default, PartialEq)]
pub struct Meant {
    pub result: Option<Value>,
    /// Tags of acts in written order.
    pub acts: Vec<i64>,
    /// How many calls are made in all.
    pub calls: usize,
    /// Whether a `require` does not hold.
    pub fails: bool,
}

enum Leave {
    Return(Value),
    Fail,
}

struct Reference<'a> {
    program: &'a Program,
    faults: u64,
    meant: Meant,
}

type Names = HashMap<Var, Value>;

pub fn mean(program: &Program, faults: u64) -> Meant {
    let mut reference = Reference { program, faults, meant: Meant::default() };
    let arguments = program.movements[0].params.iter().map(|_| Value::Int(4)).collect();
    match reference.movement(0, arguments) {
        Ok(value) => reference.meant.result = Some(value),
        Err(_) => reference.meant.fails = true,
    }
    reference.meant
}

fn even(value: &Value) -> bool {
    matches!(value, Value::Int(int) if int.rem_euclid(2) == 0)
}

impl Reference<'_> {
    fn movement(&mut self, which: usize, arguments: Vec<Value>) -> Result<Value, Leave> {
        let movement = &self.program.movements[which];
        let mut names: Names = movement.params.iter().copied().zip(arguments).collect();
        match self.block(&movement.body, &mut names) {
            Err(Leave::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn block(&mut self, block: &Block, names: &mut Names) -> Result<Value, Leave> {
        for stmt in &block.stmts {
            self.stmt(stmt, names)?;
        }
        Ok(block.result.map_or(Value::Nothing, |var| names[&var].clone()))
    }

    fn stmt(&mut self, stmt: &Stmt, names: &mut Names) -> Result<(), Leave> {
        match stmt {
            Stmt::Call { player, tag, args, out } => {
                let mut arguments = vec![Value::Int(*tag)];
                arguments.extend(args.iter().map(|arg| names[arg].clone()));
                self.meant.calls += 1;
                if matches!(player, Player::Actor | Player::Person) {
                    self.meant.acts.push(*tag);
                }
                if fails(&arguments, self.faults) {
                    return Err(Leave::Fail);
                }
                names.insert(*out, Value::Int(answer(&arguments)));
            }
            Stmt::Sum { a, n, out } => {
                let Value::Int(a) = names[a] else { panic!("a sum of what is no number") };
                names.insert(*out, Value::Int(a + n));
            }
            Stmt::If { a, then, other, out } => {
                let block = if even(&names[a]) { then } else { other };
                let value = self.block(block, &mut names.clone())?;
                names.insert(*out, value);
            }
            Stmt::For { count, item, skip, body, out, .. } => {
                let mut results = Vec::new();
                for number in 1..=*count {
                    let mut inner = names.clone();
                    inner.insert(*item, Value::Int(number));
                    if skip.is_none_or(|skip| even(&inner[&skip])) {
                        results.push(self.block(body, &mut inner)?);
                    }
                }
                names.insert(*out, Value::list(results));
            }
            Stmt::Repeat { .. } => self.repeat(stmt, names)?,
            Stmt::Together(stmts) | Stmt::Limit(stmts) => {
                for stmt in stmts {
                    self.stmt(stmt, names)?;
                }
            }
            Stmt::Otherwise { body, fallback, out, .. } => {
                let value = match self.block(body, &mut names.clone()) {
                    Err(Leave::Fail) => self.block(fallback, &mut names.clone())?,
                    other => other?,
                };
                names.insert(*out, value);
            }
            Stmt::Movement { which, args, out } => {
                let arguments = args.iter().map(|arg| names[arg].clone()).collect();
                let value = self.movement(*which, arguments)?;
                names.insert(*out, value);
            }
            Stmt::Require { a, holds } if !*holds && !even(&names[a]) => return Err(Leave::Fail),
            Stmt::Return { a, b } if even(&names[b]) => return Err(Leave::Return(names[a].clone())),
            _ => {}
        }
        Ok(())
    }

    fn repeat(&mut self, stmt: &Stmt, names: &mut Names) -> Result<(), Leave> {
        let Stmt::Repeat { bound, start, carried, body, stop, other, out } = stmt else { return Ok(()) };
        let mut value = names[start].clone();
        for _ in 0..*bound {
            let mut inner = names.clone();
            inner.insert(*carried, value.clone());
            for stmt in &body.stmts {
                self.stmt(stmt, &mut inner)?;
            }
            if stop.is_some_and(|stop| even(&inner[&stop])) {
                names.insert(*out, value);
                return Ok(());
            }
            value = body.result.map_or(Value::Nothing, |var| inner[&var].clone());
        }
        let value = match (stop, other) {
            (None, _) => value,
            (Some(_), Some(other)) => {
                let mut inner = names.clone();
                inner.insert(*carried, value);
                self.block(other, &mut inner)?
            }
            (Some(_), None) => return Err(Leave::Fail),
        };
        names.insert(*out, value);
        Ok(())
    }
}
