//! The tests of the obstacle course, as one binary.

mod round_trip;
mod table;
