package stix

import (
	"bytes"
	"encoding/json"
)

// What is in a value that ParseObject has read, or that was made here, is valid JSON without insignificant space: to take
// it apart only the ends of its parts have to be found. The parts share their bytes with the whole.

// listOf returns the values of a list, nil for any other value.
func listOf(raw json.RawMessage) []json.RawMessage {
	if len(raw) < 2 || raw[0] != '[' {
		return nil
	}
	list := []json.RawMessage{}
	for at := 1; raw[at] != ']'; {
		end := endOf(raw, at)
		list = append(list, raw[at:end:end])
		if at = end; raw[at] == ',' {
			at++
		}
	}
	return list
}

// objectOf returns the object that a value is, nil for any other value.
func objectOf(raw json.RawMessage) *Object {
	if len(raw) < 2 || raw[0] != '{' {
		return nil
	}
	o := &Object{}
	for at := 1; raw[at] != '}'; {
		colon := endOf(raw, at)
		end := endOf(raw, colon+1)
		name := raw[at:colon:colon]
		o.members = append(o.members, member{nameOf(name), name, raw[colon+1 : end : end]})
		if at = end; raw[at] == ',' {
			at++
		}
	}
	return o
}

// endOf returns where the value ends that begins at a byte.
func endOf(raw []byte, at int) int {
	depth := 0
	for {
		switch raw[at] {
		case '"':
			at = endOfText(raw, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		case ',', ':':
			at++
		default: // a number, true, false or null
			for at < len(raw) && raw[at] != ',' && raw[at] != '}' && raw[at] != ']' {
				at++
			}
		}
		if depth == 0 {
			return at
		}
	}
}

func endOfText(raw []byte, at int) int {
	for at++; ; at++ {
		at += bytes.IndexByte(raw[at:], '"')
		escapes := 0
		for raw[at-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return at + 1
		}
	}
}

// nameOf returns the name that a text in quotation marks is. Names that nearly every object has are not made anew.
func nameOf(raw []byte) string {
	if s, known := usualNames[string(raw)]; known {
		return s
	}
	s, _ := textOf(raw)
	return s
}

// usualNames holds names of members by their text in JSON.
var usualNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range []string{
		"type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked", "labels", "confidence", "lang", "external_references",
		"object_marking_refs", "granular_markings", "extensions", "name", "description", "aliases", "first_seen", "last_seen", "source_name", "url",
		"external_id", "relationship_type", "source_ref", "target_ref", "kill_chain_phases", "kill_chain_name", "phase_name", "identity_class", "is_family",
		"x_mitre_attack_spec_version", "x_mitre_contributors", "x_mitre_deprecated", "x_mitre_detection", "x_mitre_domains", "x_mitre_is_subtechnique",
		"x_mitre_modified_by_ref", "x_mitre_platforms", "x_mitre_version", "x_mitre_aliases",
		extensionType, nodeID, recordedAt, recordedBy, recordedFrom, extensionID,
	} {
		names[`"`+name+`"`] = name
	}
	return names
}()
