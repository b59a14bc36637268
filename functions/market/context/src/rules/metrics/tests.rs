mod golden;
mod properties;
mod windows;
