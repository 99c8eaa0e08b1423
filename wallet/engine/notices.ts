import { encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { faultCode, Fault } from '@fujie/shared/core/fault.ts'
import type { Notification } from '@fujie/shared/core/issuance/exchange.ts'
import type { Random } from '@fujie/shared/ports/random.ts'
import type { Access } from './access.ts'
import { drop, keep, readRecords, type StoredDocument } from './contents.ts'
import { noticePrefix, storedNotice, type StoredNotice } from './contents-grants.ts'
import type { Grants } from './grants.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { WalletPorts } from './ports.ts'
import type { Vault, VaultChange } from './vault.ts'

/** Pauses between tries, in seconds; after the last one it is left. */
const pauses = [60, 600, 3_600, 21_600, 86_400] as const

export interface NoticesParts {
  readonly ports: Pick<WalletPorts, 'clock' | 'random'>
  readonly access: Access
  readonly grants: Grants
  readonly client: IssuerClient
}

/**
 * What agencies are told of what they delivered (OpenID4VCI 1.0, 11): written down with the deed itself, sent
 * afterwards and once. Whether it arrives changes nothing here, and nothing waits for it.
 */
export class Notices {
  readonly #parts: NoticesParts
  #sending: Promise<void> = Promise.resolve()

  constructor(parts: NoticesParts) {
    this.#parts = parts
  }

  /** Sends what is due, one after the other. Never throws. */
  send(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#sendDue()).catch(() => undefined)
    return this.#sending
  }

  async #sendDue(): Promise<void> {
    const { access, ports } = this.#parts
    const due = readRecords(access.vault, 'settings', storedNotice, noticePrefix).filter(
      ({ next }) => next <= ports.clock.now(),
    )
    for (const notice of due) await this.#sendOne(notice)
  }

  async #sendOne(notice: StoredNotice): Promise<void> {
    const { access, client, grants, ports } = this.#parts
    try {
      const grant = grants.find(notice.grant)
      if (grant === undefined) throw new Fault('token.invalid')
      const { metadata } = await client.fetchIssuer(grant.issuer)
      const bearer = await grants.bearer(grant.id)
      const { notification, event } = notice
      await client.notify(metadata, { notificationId: notification, event }, bearer)
    } catch (thrown) {
      const pause = pauses[notice.tries]
      if (mayPass(thrown) && pause !== undefined) {
        const later = { ...notice, tries: notice.tries + 1, next: ports.clock.now() + pause }
        return access.vault.commit([keep('settings', noticePrefix + notice.id, later)])
      }
    }
    await access.vault.commit([drop('settings', noticePrefix + notice.id)])
  }
}

/** An agency that is not to be reached may be so later; what it refuses it will refuse again. */
function mayPass(thrown: unknown): boolean {
  return thrown instanceof Fault ? thrown.kind === 'unavailable' : faultCode(thrown) === 'unexpected'
}

/** The changes that note down what is to be told. */
export function noticesOf(
  random: Random,
  { grant, notifications = [] }: Pick<StoredDocument, 'grant' | 'notifications'>,
  event: Notification['event'],
  about: Partial<Pick<StoredNotice, 'document' | 'next'>> = {},
): VaultChange[] {
  if (grant === undefined) return []
  return notifications.map((notification) => {
    const id = encodeBase64url(random.bytes(12))
    const notice: StoredNotice = { id, grant, notification, event, tries: 0, next: 0, ...about }
    return keep('settings', noticePrefix + id, notice)
  })
}

/** The changes that take back what was to be told of a document: it is there again. */
export function takeBack(vault: Vault, document: string): VaultChange[] {
  const notices = readRecords(vault, 'settings', storedNotice, noticePrefix).filter(
    (each) => each.document === document,
  )
  return notices.map(({ id }) => drop('settings', noticePrefix + id))
}
