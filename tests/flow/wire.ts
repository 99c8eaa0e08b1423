import { systemClock } from '@fujie/shared/adapters/clock-system.ts'
import type { Http, HttpRequest, HttpResponse } from '@fujie/shared/ports/http.ts'

/** A way out that remembers what went over it and can be bent. */
export class Wire implements Http {
  readonly sent: HttpRequest[] = []
  /** Paths and status of what was answered, in order. */
  readonly answered: { readonly path: string; readonly status: number }[] = []
  bend: (request: HttpRequest, pass: () => Promise<HttpResponse>) => Promise<HttpResponse> = (_request, pass) => pass()
  readonly #out: Http

  constructor(out: Http) {
    this.#out = out
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    this.sent.push(request)
    const answer = await this.bend(request, () => this.#out.send(request))
    this.answered.push({ path: new URL(request.url).pathname, status: answer.status })
    return answer
  }

  to(path: string): HttpRequest[] {
    return this.sent.filter(({ url }) => new URL(url).pathname === path)
  }

  /** How often a path answered as it should. */
  done(path: string): number {
    return this.answered.filter((each) => each.path === path && each.status < 300).length
  }
}

/** Time that passes when it is told to, and waits that end with it. */
export class Time {
  ahead = 0
  readonly clock = { now: () => systemClock.now() + this.ahead }
  #waits: { readonly until: number; readonly wake: () => void }[] = []
  readonly timer = {
    wait: (seconds: number) =>
      new Promise<void>((wake) => this.#waits.push({ until: this.clock.now() + seconds, wake })),
  }

  pass(seconds: number): void {
    this.ahead += seconds
    this.#wake(({ until }) => until <= this.clock.now())
  }

  /** Ends every wait, and no time goes by. */
  wake(): void {
    this.#wake(() => true)
  }

  #wake(isOver: (wait: { readonly until: number }) => boolean): void {
    const over = this.#waits.filter(isOver)
    this.#waits = this.#waits.filter((wait) => !isOver(wait))
    for (const { wake } of over) wake()
  }
}
