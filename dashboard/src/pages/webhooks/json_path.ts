/**
 * Conditions of subscriptions, looked at while they are typed: the part of JSONPath (RFC 9535) that the hub allows, with its
 * own `number()`. The hub's workers have the last word when a subscription is saved.
 */
export class PathFault extends Error {}

type Value = unknown;
const NOTHING = Symbol("nothing");
type Test = (at: Value, root: Value) => boolean;
type Compared = (at: Value, root: Value) => Value;
type Step = (at: Value, root: Value) => Value[];

const MOST_FILTERS = 3;
const TEXT = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;

/** Compile a condition; the answer says whether a message has what it looks for. Throws `PathFault`. */
export function compile(path: string): (message: unknown) => boolean {
  const bare = path.replace(TEXT, "''");
  const count = (part: string) => bare.split(part).length - 1;
  if (count("$") !== 1 || count("..") > 1 || count("?") > MOST_FILTERS || bare.includes(",")) {
    throw new PathFault("limits");
  }
  const parser = new Parser(path);
  const steps = parser.query("$");
  parser.end();
  return (message) => run(steps, message, message).length > 0;
}

function run(steps: readonly Step[], at: Value, root: Value): Value[] {
  return steps.reduce<Value[]>((found, step) => found.flatMap((each) => step(each, root)), [at]);
}

function children(at: Value): Value[] {
  if (Array.isArray(at)) return at as Value[];
  return typeof at === "object" && at !== null ? Object.values(at) : [];
}

function descendants(at: Value): Value[] {
  return [at, ...children(at).flatMap(descendants)];
}

class Parser {
  private place = 0;
  constructor(private readonly text: string) {}

  /** `$` or `@` and what follows. */
  query(start: string): Step[] {
    this.expect(start);
    const steps: Step[] = [];
    for (;;) {
      if (this.take("..")) {
        steps.push(descendants);
        steps.push(this.peek("[") ? this.bracket() : this.dotted());
      } else if (this.take(".")) steps.push(this.dotted());
      else if (this.peek("[")) steps.push(this.bracket());
      else return steps;
    }
  }

  end(): void {
    this.blank();
    if (this.place < this.text.length) this.fail();
  }

  private dotted(): Step {
    if (this.take("*")) return children;
    return named(this.match(/[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/y) ?? this.fail());
  }

  private bracket(): Step {
    this.expect("[");
    this.blank();
    const step = this.selector();
    this.blank();
    this.expect("]");
    return step;
  }

  private selector(): Step {
    if (this.take("*")) return children;
    if (this.take("?")) {
      const test = this.either();
      return (at, root) => children(at).filter((child) => test(child, root));
    }
    const name = this.string();
    if (name !== null) return named(name);
    const slice = this.match(/-?\d*\s*:\s*-?\d*(\s*:\s*-?\d*)?/y);
    if (slice !== null) return sliced(slice);
    const index = this.match(/0|-?[1-9]\d*/y);
    if (index === null) return this.fail();
    return (at) => {
      const found: Value = Array.isArray(at) ? at.at(Number(index)) : undefined;
      return found === undefined ? [] : [found];
    };
  }

  private either(): Test {
    let test = this.both();
    while ((this.blank(), this.take("||"))) {
      const [left, right] = [test, this.both()];
      test = (at, root) => left(at, root) || right(at, root);
    }
    return test;
  }

  private both(): Test {
    let test = this.single();
    while ((this.blank(), this.take("&&"))) {
      const [left, right] = [test, this.single()];
      test = (at, root) => left(at, root) && right(at, root);
    }
    return test;
  }

  private single(): Test {
    this.blank();
    if (this.take("!")) {
      const test = this.single();
      return (at, root) => !test(at, root);
    }
    if (this.take("(")) {
      const test = this.either();
      this.blank();
      this.expect(")");
      return test;
    }
    const start = this.place;
    const isQuery = this.peek("@") || this.peek("$");
    if (isQuery) {
      const steps = this.query(this.peek("@") ? "@" : "$");
      const operator = this.operator();
      if (operator === null) return (at, root) => run(steps, at, root).length > 0;
      this.place = start;
    }
    const left = this.compared();
    const operator = this.operator() ?? this.fail();
    this.take(operator);
    const right = this.compared();
    return (at, root) => compare(left(at, root), operator, right(at, root));
  }

  private operator(): string | null {
    this.blank();
    return ["==", "!=", "<=", ">=", "<", ">"].find((each) => this.peek(each)) ?? null;
  }

  private compared(): Compared {
    this.blank();
    if (this.peek("@") || this.peek("$")) {
      const isRoot = this.peek("$");
      const steps = this.query(isRoot ? "$" : "@");
      return (at, root) => {
        const found = run(steps, isRoot ? root : at, root);
        return found.length === 1 ? found[0] : NOTHING;
      };
    }
    const text = this.string();
    if (text !== null) return () => text;
    const figure = this.match(/-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y);
    if (figure !== null) return () => Number(figure);
    const word = this.match(/[a-z]+/y) ?? this.fail();
    if (word === "true" || word === "false") return () => word === "true";
    if (word === "null") return () => null;
    return this.call(word);
  }

  private call(name: string): Compared {
    const of = FUNCTIONS[name] ?? this.fail();
    this.expect("(");
    this.blank();
    const isRoot = this.peek("$");
    const steps = this.query(isRoot ? "$" : "@");
    this.blank();
    this.expect(")");
    return (at, root) => of(run(steps, isRoot ? root : at, root));
  }

  private string(): string | null {
    const quoted = this.match(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/y);
    if (quoted === null) return null;
    const inner = quoted.slice(1, -1).replaceAll("\\'", "'");
    try {
      return JSON.parse(`"${inner.replace(/(?<!\\)"/g, '\\"')}"`) as string;
    } catch {
      return this.fail();
    }
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.place += found.length;
    return found;
  }

  private blank(): void {
    this.match(/\s*/y);
  }

  private peek(part: string): boolean {
    return this.text.startsWith(part, this.place);
  }

  private take(part: string): boolean {
    if (!this.peek(part)) return false;
    this.place += part.length;
    return true;
  }

  private expect(part: string): void {
    if (!this.take(part)) this.fail();
  }

  private fail(): never {
    throw new PathFault(String(this.place + 1));
  }
}

function named(name: string): Step {
  return (at) =>
    typeof at === "object" && at !== null && !Array.isArray(at) && Object.hasOwn(at, name)
      ? [(at as Record<string, unknown>)[name]]
      : [];
}

function sliced(slice: string): Step {
  const [from = "", to = "", by = ""] = slice.split(":").map((part) => part.trim());
  const step = by === "" ? 1 : Number(by);
  return (at) => {
    if (!Array.isArray(at) || step === 0) return [];
    const { length } = at;
    const bound = (text: string, otherwise: number) => {
      if (text === "") return otherwise;
      const whole = Number(text) < 0 ? length + Number(text) : Number(text);
      return step > 0 ? Math.min(Math.max(whole, 0), length) : Math.min(Math.max(whole, -1), length - 1);
    };
    const [start, stop] = step > 0 ? [bound(from, 0), bound(to, length)] : [bound(from, length - 1), bound(to, -1)];
    const found: Value[] = [];
    for (let index = start; step > 0 ? index < stop : index > stop; index += step) found.push(at[index]);
    return found;
  };
}

const FUNCTIONS: Record<string, (found: Value[]) => Value> = {
  count: (found) => found.length,
  value: (found) => (found.length === 1 ? found[0] : NOTHING),
  length: ([at, ...others]) => {
    if (others.length > 0) return NOTHING;
    if (typeof at === "string") return Array.from(at).length;
    return typeof at === "object" && at !== null ? children(at).length : NOTHING;
  },
  /** Amounts of money are texts in JSON. */
  number: ([at, ...others]) => {
    if (others.length > 0 || (typeof at !== "number" && typeof at !== "string")) return NOTHING;
    const figure = typeof at === "string" && at.trim() === "" ? NaN : Number(at);
    return Number.isFinite(figure) ? figure : NOTHING;
  },
};

function compare(left: Value, operator: string, right: Value): boolean {
  if (operator === "==") return isSame(left, right);
  if (operator === "!=") return !isSame(left, right);
  if (operator === "<=" || operator === ">=") {
    return isSame(left, right) || compare(left, operator.slice(0, 1), right);
  }
  const [low, high] = operator === "<" ? [left, right] : [right, left];
  if (typeof low === "number" && typeof high === "number") return low < high;
  return typeof low === "string" && typeof high === "string" && low < high;
}

function isSame(left: Value, right: Value): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  return JSON.stringify(left) === JSON.stringify(right);
}
