import { shopPhrase } from '../cast.ts'
import { openWallet, receiveIdentity, showAt } from './receive.ts'
import type { Story } from './story.ts'

const registered = ':is([data-identity-state="registered"], [data-identity-state="anchored"])'

/** Lost and recovered: a card on hold shows nothing, and a stolen update key cannot keep a DID from its owner. */
export const story9: Story = {
  number: 9,
  title: 'story.9',
  proves: 'story.9.proves',
  steps: [
    ...openWallet('new'),
    ...receiveIdentity('wang', false),
    { does: 'say', words: 'story.9.step.1' },
    // The row of the offer that the console has open: others may stand above it for a moment.
    {
      does: 'press',
      pane: 'issuer',
      target: '.watched[data-offer="delivered"] [data-act="suspend"]',
      patience: 10_000,
    },
    { does: 'await', pane: 'issuer', target: '.watched [data-act="restore"]', patience: 15_000 },
    { does: 'say', words: 'story.9.step.2' },
    ...showAt('hotel'),
    { does: 'press', pane: 'wallet', target: '[data-act="share"]' },
    { does: 'await', pane: 'hotel', target: '[data-reason="SUSPENDED"]', patience: 15_000 },
    { does: 'press', pane: 'wallet', target: '[data-act="request-done"]', patience: 10_000 },
    { does: 'press', pane: 'issuer', target: '.watched [data-act="restore"]' },
    { does: 'await', pane: 'issuer', target: '.watched [data-act="suspend"]', patience: 15_000 },
    { does: 'say', words: 'story.9.step.3' },
    { does: 'cheat', how: 'stolen-update', as: 'did' },
    { does: 'say', words: 'story.9.step.4' },
    { does: 'press', pane: 'wallet', target: '[href="#/security"]' },
    { does: 'press', pane: 'wallet', target: '[data-act="identities"]' },
    { does: 'press', pane: 'wallet', target: '[data-act="win-back"]' },
    { does: 'type', pane: 'wallet', target: '[data-act="phrase"]', text: shopPhrase },
    { does: 'press', pane: 'wallet', target: '[data-act="find"]' },
    { does: 'say', words: 'story.9.step.5' },
    // The newest of the earlier versions: what stood there before the thief.
    { does: 'press', pane: 'wallet', target: '[data-choice="newest"]', patience: 20_000 },
    { does: 'press', pane: 'wallet', target: '[data-act="take-back"]' },
    { does: 'await', pane: 'wallet', target: registered, patience: 20_000 },
    { does: 'say', words: 'story.9.step.6' },
    { does: 'press', pane: 'wallet', target: '[data-act="rotate"]', patience: 10_000 },
    { does: 'press', pane: 'wallet', target: '[data-act="rotate-now"]' },
    { does: 'await', pane: 'wallet', target: '[data-act="receipt"]', patience: 20_000 },
    { does: 'press', pane: 'registry', target: '[data-kind="recover"]', patience: 15_000 },
    { does: 'await', pane: 'registry', target: '[data-version][data-deed="explorer.recovered"]', patience: 10_000 },
    {
      does: 'await',
      pane: 'registry',
      target: '[data-version]:first-child[data-deed="explorer.updated"]',
      patience: 10_000,
    },
    { does: 'say', words: 'story.9.step.7' },
    { does: 'await', pane: 'registry', target: '[data-proof="holds"]', patience: 10_000 },
    // The head is on the ledger with its next beat.
    { does: 'await', pane: 'registry', target: '[data-step="anchor"].ok', patience: 20_000 },
  ],
}
