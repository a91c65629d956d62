package text

// AppendJSON appends s to dst as a JSON string and returns the extended slice.
// Only what RFC 8259 requires is escaped: the quotation mark, the backslash and
// U+0000 to U+001F, these in their short form where there is one and else as
// \u00 and two lower-case digits. Everything else stays as it is, so s has to
// be valid UTF-8, as text that passed Check is.
func AppendJSON(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	done := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xF])
		}
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}
