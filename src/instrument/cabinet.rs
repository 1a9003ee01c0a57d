//! What stand-ins remember over one run: how far each list of answers or faults has been dealt, and in a
//! test what was asked.

use std::any::Any;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Failure, Recorded};
use crate::value::{Instrument, Value};

/// How far each list was dealt in one run. Whoever performs makes one for each run and hands it out
/// with every [`super::Stage`].
#[derive(Debug, Default)]
pub struct Cabinet {
    drawers: Mutex<HashMap<Arc<str>, Vec<Drawer>>>,
    prompts: Mutex<HashMap<String, Vec<Value>>>,
    /// What backends keep as long as the run lasts, by a name that tells them apart.
    kept: Mutex<HashMap<String, Arc<dyn Any + Send + Sync>>>,
    /// Recordings by file, each call with whether it was dealt.
    recordings: Mutex<HashMap<PathBuf, Vec<(Recorded, bool)>>>,
}

/// A list and the place of what comes next.
#[derive(Debug)]
struct Drawer {
    /// The list, once for each value it was met as: holding them keeps their addresses their own.
    lists: Vec<Arc<[Value]>>,
    next: usize,
}

impl Drawer {
    fn holds(&self, list: &Arc<[Value]>) -> bool {
        self.lists.iter().any(|held| Arc::ptr_eq(held, list))
    }
}

impl Cabinet {
    /// What a backend keeps under this name as long as the run lasts: connections. Made when it is first
    /// asked for.
    #[must_use]
    pub fn keep<T: Any + Send + Sync>(&self, name: &str, make: impl FnOnce() -> T) -> Arc<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(name).and_then(|known| Arc::clone(known).downcast::<T>().ok());
        known.unwrap_or_else(|| {
            let made = Arc::new(make());
            kept.insert(name.to_owned(), made.clone());
            made
        })
    }

    /// The next call of a recording with this part that was asked this; `None` when all have been dealt. The
    /// recording is loaded when it is first asked for.
    ///
    /// # Errors
    /// If it can't be loaded.
    pub fn recorded(
        &self,
        file: &Path,
        load: impl FnOnce() -> Result<Vec<Recorded>, Failure>,
        part: &str,
        asked: &str,
    ) -> Result<Option<Recorded>, Failure> {
        let mut recordings = self.recordings.lock().unwrap_or_else(PoisonError::into_inner);
        if !recordings.contains_key(file) {
            let loaded = load()?.into_iter().map(|call| (call, false)).collect();
            recordings.insert(file.to_owned(), loaded);
        }
        let calls = recordings.get_mut(file).map(Vec::as_mut_slice).unwrap_or_default();
        let same =
            |(call, dealt): &&mut (Recorded, bool)| !*dealt && call.part == part && call.asked == asked;
        Ok(calls.iter_mut().find(same).map(|(call, dealt)| {
            *dealt = true;
            call.clone()
        }))
    }

    /// Notes that somebody with this name was asked this.
    pub fn note(&self, name: &str, said: &str) {
        let mut prompts = self.prompts.lock().unwrap_or_else(PoisonError::into_inner);
        prompts.entry(name.to_owned()).or_default().push(Value::text(said));
    }

    /// What somebody with this name was asked, in order.
    #[must_use]
    pub fn asked(&self, name: &str) -> Vec<Value> {
        let prompts = self.prompts.lock().unwrap_or_else(PoisonError::into_inner);
        prompts.get(name).cloned().unwrap_or_default()
    }

    /// The next value of this list of an instrument, and its place from 0; `None` when all have been
    /// dealt.
    ///
    /// A declared instrument is one, whoever plays on it and however often its declaration is
    /// evaluated: its list is known by its name and what it holds. Two without a name are two, also
    /// where they hold the same.
    #[must_use]
    pub fn deal(&self, instrument: &Instrument, list: &Arc<[Value]>) -> Option<(usize, Value)> {
        let mut drawers = self.drawers.lock().unwrap_or_else(PoisonError::into_inner);
        let drawers = drawers.entry(instrument.name.clone()).or_default();
        let declared = instrument.name != instrument.constructor;
        let known = drawers.iter().position(|drawer| drawer.holds(list)).or_else(|| {
            let same = drawers.iter().position(|drawer| declared && drawer.lists[0][..] == list[..])?;
            drawers[same].lists.push(list.clone());
            Some(same)
        });
        let at = known.unwrap_or_else(|| {
            drawers.push(Drawer { lists: vec![list.clone()], next: 0 });
            drawers.len() - 1
        });
        let drawer = &mut drawers[at];
        let value = list.get(drawer.next)?.clone();
        drawer.next += 1;
        Some((drawer.next - 1, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Map;

    fn named(name: &str) -> Instrument {
        Instrument { name: name.into(), constructor: "script".into(), settings: Map::new() }
    }

    fn list() -> Arc<[Value]> {
        [Value::Int(1), Value::Int(2)].into()
    }

    #[test]
    fn a_declared_instrument_deals_one_list_however_often_it_is_evaluated() {
        let cabinet = Cabinet::default();
        let (first, again) = (list(), list());
        assert_eq!(cabinet.deal(&named("a"), &first), Some((0, Value::Int(1))));
        assert_eq!(cabinet.deal(&named("a"), &again), Some((1, Value::Int(2))));
        assert_eq!(cabinet.deal(&named("a"), &first), None);
        assert_eq!(cabinet.deal(&named("a"), &again), None);
        assert_eq!(cabinet.deal(&named("b"), &first), Some((0, Value::Int(1))));
        let longer: Arc<[Value]> = [Value::Int(1), Value::Int(2), Value::Int(3)].into();
        assert_eq!(cabinet.deal(&named("a"), &longer), Some((0, Value::Int(1))));
    }

    #[test]
    fn those_without_a_name_are_told_apart() {
        let cabinet = Cabinet::default();
        let (first, again) = (list(), list());
        assert_eq!(cabinet.deal(&named("script"), &first), Some((0, Value::Int(1))));
        assert_eq!(cabinet.deal(&named("script"), &again), Some((0, Value::Int(1))));
        assert_eq!(cabinet.deal(&named("script"), &first.clone()), Some((1, Value::Int(2))));
    }
}
