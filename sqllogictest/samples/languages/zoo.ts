export interface Animal {
    name: string;
}

export class Dog implements Animal {
    name = "dog";
}

export function feed(animal: Animal): Dog {
    return new Dog();
}
