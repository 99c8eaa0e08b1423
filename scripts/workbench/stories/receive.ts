import type { Profile, Step } from './story.ts'

const residentId = 'urn:fujie:cn:resident-id:1'

/** Opens a wallet of the demonstration; a new one takes the demonstration's passphrase. */
export function openWallet(of: Profile): readonly Step[] {
  const start: Step = { does: 'press', pane: 'wallet', target: '[data-act="try-demo"], [data-act="unlock-demo"]' }
  return [
    { does: 'wallet', of },
    { does: 'unless', pane: 'wallet', target: '[data-act="scan"]', steps: [start] },
    { does: 'await', pane: 'wallet', target: '[data-act="scan"]', patience: 20_000 },
  ]
}

/** Gets a person's identity from the agency into the open wallet: offer, code, consent. */
export function receiveIdentity(person: string, say: boolean): readonly Step[] {
  const steps: readonly Step[] = [
    { does: 'say', words: 'story.1.step.1' },
    {
      does: 'unless',
      pane: 'issuer',
      target: `[data-act="person-${person}"]`,
      steps: [{ does: 'press', pane: 'issuer', target: '[data-act="another-offer"]' }],
    },
    { does: 'press', pane: 'issuer', target: `[data-act="person-${person}"]` },
    { does: 'press', pane: 'issuer', target: '[data-act="make-offer"]' },
    { does: 'read', pane: 'issuer', target: '[data-act="tx-code"]', as: 'code' },
    { does: 'say', words: 'story.1.step.2' },
    { does: 'press', pane: 'wallet', target: '[data-act="scan"]' },
    { does: 'hold', from: 'issuer', before: 'wallet' },
    { does: 'await', pane: 'wallet', target: '[data-act="tx-code-input"]', patience: 15_000 },
    { does: 'drop' },
    { does: 'say', words: 'story.1.step.3' },
    { does: 'type', pane: 'wallet', target: '[data-act="tx-code-input"]', text: '$code' },
    { does: 'say', words: 'story.1.step.4' },
    { does: 'press', pane: 'wallet', target: '[data-act="accept-offer"]' },
    { does: 'press', pane: 'wallet', target: '[data-act="offer-kept"]', patience: 30_000 },
    { does: 'say', words: 'story.1.step.5' },
    { does: 'await', pane: 'wallet', target: `[data-document="${residentId}"]`, patience: 10_000 },
  ]
  return say ? steps : steps.filter((step) => step.does !== 'say')
}

/** A wallet that holds an identity, whatever was played before. */
export function walletWithIdentity(of: Profile, person: string): readonly Step[] {
  return [
    ...openWallet(of),
    {
      does: 'unless',
      pane: 'wallet',
      target: `[data-document="${residentId}"]`,
      steps: receiveIdentity(person, false),
    },
  ]
}

/** Shows the identity's engagement code in the wallet and lets a counter's camera see it, up to the wallet's consent. */
export function showAt(counter: 'hotel' | 'shop'): readonly Step[] {
  return [
    {
      does: 'unless',
      pane: counter,
      target: '[data-act="counter-idle"]',
      steps: [{ does: 'press', pane: counter, target: '[data-act="next-guest"]' }],
    },
    { does: 'press', pane: 'wallet', target: '[data-act="show"]' },
    {
      does: 'unless',
      pane: 'wallet',
      target: '[data-act="engagement"]',
      steps: [{ does: 'press', pane: 'wallet', target: '[data-act="show-code"]' }],
    },
    { does: 'await', pane: 'wallet', target: '[data-act="engagement"]', patience: 10_000 },
    { does: 'hold', from: 'wallet', before: counter },
    { does: 'await', pane: 'wallet', target: '[data-act="share"]', patience: 20_000 },
    { does: 'drop' },
  ]
}
