import type { SignedRecord } from '../core/record/record.ts'

/**
 * Brings records to a registry.
 *
 * `submit` resolves when the record is sealed; the caller cannot check that it is anchored, and asks for a proof to
 * know that it is there at all. `keepBlob` resolves when the bytes are held; `token` says who may bring them.
 *
 * @throws Fault the registry's own code, `registry.unreachable`
 */
export interface RegistryWriter {
  submit(record: SignedRecord): Promise<void>
  keepBlob(bytes: Uint8Array, token: string): Promise<void>
}
