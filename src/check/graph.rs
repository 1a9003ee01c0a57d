//! Circles: in types, instruments and calls.

use std::collections::HashSet;

/// The strongly connected components of a graph, each after all it leads to. Without recursion, as
/// graphs may be deep.
pub(super) fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let count = edges.len();
    let mut order = vec![usize::MAX; count];
    let mut low = vec![0usize; count];
    let mut open = vec![false; count];
    let (mut next, mut stack, mut found) = (0, Vec::new(), Vec::new());
    for root in 0..count {
        if order[root] != usize::MAX {
            continue;
        }
        let mut walk = vec![(root, 0usize)];
        while let Some((node, edge)) = walk.last_mut() {
            let node = *node;
            if *edge == 0 && order[node] == usize::MAX {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                open[node] = true;
            }
            if let Some(target) = edges[node].get(*edge).copied() {
                *edge += 1;
                if order[target] == usize::MAX {
                    walk.push((target, 0));
                } else if open[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            walk.pop();
            if let Some((parent, _)) = walk.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == order[node] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    open[member] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                component.reverse();
                found.push(component);
            }
        }
    }
    found
}

/// A shortest way from a node back to itself inside its component: the nodes on it, the first not
/// repeated. Empty where there is none.
pub(super) fn cycle(edges: &[Vec<usize>], component: &[usize]) -> Vec<usize> {
    let Some(&start) = component.iter().min() else { return Vec::new() };
    let inside: HashSet<usize> = component.iter().copied().collect();
    let mut before = std::collections::HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &target in edges[node].iter().filter(|target| inside.contains(target)) {
            if target == start {
                let mut path = vec![node];
                let mut at = node;
                while let Some(&previous) = before.get(&at) {
                    path.push(previous);
                    at = previous;
                }
                path.reverse();
                return path;
            }
            if target != start && !before.contains_key(&target) {
                before.insert(target, node);
                queue.push_back(target);
            }
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::{components, cycle};

    #[test]
    fn components_come_after_what_they_lead_to() {
        let edges = vec![vec![1], vec![2, 0], vec![3], vec![]];
        assert_eq!(components(&edges), vec![vec![3], vec![2], vec![0, 1]]);
        assert_eq!(cycle(&edges, &[0, 1]), vec![0, 1]);
    }

    #[test]
    fn one_node_may_lead_to_itself() {
        let edges = vec![vec![0]];
        assert_eq!(cycle(&edges, &[0]), vec![0]);
        assert_eq!(cycle(&[vec![]], &[0]), Vec::<usize>::new());
    }
}
