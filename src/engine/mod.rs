//! Performs a plan. A deterministic state machine without IO: operations out, outcomes in.
//!
//! An open body is a *frame* ([`frame`]); what an open node does is a [`doing`]. Work goes through one queue
//! ([`state`]), never through recursion. A node *starts* when its values are there and what guards it is over
//! ([`flow`]); whether a call may go then is a matter of [`order`]; [`nest`], [`rounds`] and [`repeat`] open
//! bodies, [`apply`] opens what was passed as a value; [`leave`] and [`fail`] end them early. [`call`], [`request`] and [`answer`] are the life of a call,
//! [`flight`] and [`flights`] what is under way outside; [`voices`] is who plays where more than one does, [`memory`] what they
//! remember, [`money`] and [`queue`] what calls may cost, [`before`] what they did before; [`talk`] and [`tools`] are calls whose player calls tools.

mod answer;
mod apply;
mod before;
mod call;
mod choice;
mod diagnostic;
mod doing;
pub mod evaluate;
mod fail;
mod fixed;
mod flight;
mod flights;
mod flow;
mod frame;
mod identity;
mod leave;
mod memory;
mod money;
mod nest;
mod operation;
mod order;
mod performance;
mod queue;
mod repeat;
mod report;
mod request;
mod rounds;
mod slab;
mod state;
mod talk;
#[cfg(test)]
pub(crate) mod tests;
mod tools;
mod voices;
mod within;

pub use before::{Attempt, Before, Receipt, Taken};
pub use doing::IdHasher;
pub use fixed::Profiles;
pub use memory::{Memories, declared as declared_memory};
pub use operation::{Clock, Operation, Step, What};
pub use performance::{Budget, Engine};
pub use report::{Note, Report, Site, Tried};
