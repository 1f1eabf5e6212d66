
import mod
mod.real()
mod.virtual()
