//! The words of Weir as types: money, budgets, actions, receipts. No I/O, no async.
