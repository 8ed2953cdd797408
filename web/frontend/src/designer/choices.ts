// What the properties panel offers instead of free text; the server writes it into the page.

export interface Choice {
  readonly id: string;
  readonly name: string;
}

export type ChoiceKind = "groups" | "people" | "forms" | "decisions" | "clocks" | "topics" | "processes";

export type Choices = Partial<Record<ChoiceKind, readonly Choice[]>>;
