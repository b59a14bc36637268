mod append;
mod beta;
mod golden;
mod properties;
mod windows;
