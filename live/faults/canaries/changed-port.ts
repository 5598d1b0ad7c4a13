import type { Answer, Ask, VenuePort } from "#live/ports/venue-port.ts";

/** The same port with other answers. */
export function answering(port: VenuePort, answer: (ask: Ask, told: Answer) => Answer): VenuePort {
  return {
    ask: (ask, done) => port.ask(ask, (told) => done(answer(ask, told))),
    connect: (listener) => port.connect(listener),
    close: () => port.close(),
  };
}

/** The same port with other asks. */
export function asking(port: VenuePort, other: (ask: Ask) => Ask): VenuePort {
  return {
    ask: (ask, done) => port.ask(other(ask), done),
    connect: (listener) => port.connect(listener),
    close: () => port.close(),
  };
}
