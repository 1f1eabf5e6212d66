def generic[T, *Ts, **P](x: T = use, *a: *Ts) -> P:  # T: T; Ts: Ts; P: P; x: x; a: a; T#2 <- T; Ts#2 <- Ts; P#2 <- P
    return x, a, T  # x <- x; a <- a


class Generic[T: use](use[T]):  # T1: T; T#2 <- T1
    x: T = use  # x: x; T <- T1
    use(x)  # x <- x


type Alias[T] = list[T]  # Alias: Alias
use(Alias)  # Alias <- Alias
