//! The engine held against cases, laws and itself.
#![cfg(test)]

mod cases;
