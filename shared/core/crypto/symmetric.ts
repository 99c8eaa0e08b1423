/** AES-GCM, HKDF and X25519 of the platform, for rules outside core: containers, seals, derived keys. */
export { hkdfSha256, openAesGcm, sealAesGcm, x25519Public } from '#primitive'
