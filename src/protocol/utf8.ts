// UTF-8 of the protocol's strings: the same functions that record headers use.

export { decodeUtf8, encodeUtf8, encodeUtf8Into, utf8Length } from '../records/utf8.ts'
