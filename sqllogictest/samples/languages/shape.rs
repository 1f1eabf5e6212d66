pub trait Area {
    fn area(&self) -> u32;
}

pub struct Shape {
    size: u32,
}

impl Area for Shape {
    fn area(&self) -> u32 {
        self.size
    }
}
