//! What stand-ins remember over one run: how far each list of answers or faults has been dealt.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::value::Value;

/// How far each list was dealt in one run. Whoever performs makes one for each run and hands it out
/// with every [`super::Stage`].
#[derive(Debug, Default)]
pub struct Cabinet {
    dealt: Mutex<HashMap<(Arc<str>, usize), Drawer>>,
}

/// A list and the place of what comes next. Holding the list keeps its address its own.
#[derive(Debug)]
struct Drawer {
    _list: Arc<[Value]>,
    next: usize,
}

impl Cabinet {
    /// The next value of this list for the instrument of this name, and its place from 0; `None` when
    /// all have been dealt. Copies of an instrument share their list and so their place in it.
    #[must_use]
    pub fn deal(&self, name: &Arc<str>, list: &Arc<[Value]>) -> Option<(usize, Value)> {
        let mut dealt = self.dealt.lock().unwrap_or_else(PoisonError::into_inner);
        let address = Arc::as_ptr(list).cast::<()>() as usize;
        let drawer = dealt
            .entry((name.clone(), address))
            .or_insert_with(|| Drawer { _list: list.clone(), next: 0 });
        let value = list.get(drawer.next)?.clone();
        drawer.next += 1;
        Some((drawer.next - 1, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_dealt_once_in_order() {
        let cabinet = Cabinet::default();
        let name: Arc<str> = "a".into();
        let list: Arc<[Value]> = [Value::Int(1), Value::Int(2)].into();
        let same: Arc<[Value]> = [Value::Int(1), Value::Int(2)].into();
        assert_eq!(cabinet.deal(&name, &list), Some((0, Value::Int(1))));
        assert_eq!(cabinet.deal(&name, &list.clone()), Some((1, Value::Int(2))));
        assert_eq!(cabinet.deal(&name, &list), None);
        assert_eq!(cabinet.deal(&name, &same), Some((0, Value::Int(1))));
        assert_eq!(cabinet.deal(&"b".into(), &list), Some((0, Value::Int(1))));
    }
}
