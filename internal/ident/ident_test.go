package ident_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"attrigraph/internal/ident"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// stixNamespace is the namespace that STIX 2.1, section 2.9, keeps for the
// deterministic ids of cyber-observable objects.
const stixNamespace = "00abedb4-aa42-466c-9c01-fed23315a9b7"

func TestNamespace(t *testing.T) {
	u, err := uuid.Parse(ident.Namespace)
	if err != nil || u.Version() != 4 || u.Variant() != uuid.RFC4122 || u.String() != ident.Namespace {
		t.Errorf("%s is no canonical random UUID: %v", ident.Namespace, err)
	}
	if ident.Namespace == stixNamespace {
		t.Error("the namespace is the one of STIX")
	}
}

// TestIdsStay holds ids that were handed out: a change would cut the link to
// everything that was ever loaded.
func TestIdsStay(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"casebook", ident.ForCasebook("incident", "czech-mfa"), "incident--379bc6a5-4c0c-5db0-9aa5-9ed46da4465f"},
		{"import", ident.ForImport("threat-group", "eurepoc", "31"), "threat-group--00467ec7-9515-548b-911a-6b0217ff2e58"},
		{"link", ident.ForLink("ACCUSES", "attribution--a", "state--b"), "2f74ef94-8e93-5769-879e-9d72750c7651"},
	} {
		if c.got != c.want {
			t.Errorf("%s id is %s, was %s", c.name, c.got, c.want)
		}
	}
}

func TestVersions(t *testing.T) {
	for id, version := range map[string]uuid.Version{
		ident.ForCasebook("state", "CZ"):      5,
		ident.ForImport("state", "iso", "CZ"): 5,
		ident.New("state"):                    7,
		"x--" + ident.ForLink("A", "b", "c"):  5,
	} {
		_, text, _ := strings.Cut(id, "--")
		if u, err := uuid.Parse(text); err != nil || u.Version() != version || u.Variant() != uuid.RFC4122 {
			t.Errorf("%s is not a UUID version %d: %v", id, version, err)
		}
	}
}

func TestNew(t *testing.T) {
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = ident.New("incident")
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids made one after the other do not each sort later")
	}
}

func TestParse(t *testing.T) {
	const u = "3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37"
	for id, want := range map[string]string{
		"incident--" + u:     "incident",
		"threat-group--" + u: "threat-group",
		"x-a1-2b--" + u:      "x-a1-2b",
	} {
		if kind, err := ident.Parse(id); err != nil || kind != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", id, kind, err, want)
		}
	}
	for _, id := range []string{
		"", "incident", u, "--" + u, "incident-" + u, "incident---" + u, "Incident--" + u, "in_cident--" + u, "-incident--" + u, "1incident--" + u, "a--b--" + u,
		"incídent--" + u, " incident--" + u, "incident--" + u + " ", "incident--" + strings.ToUpper(u), "incident--{" + u + "}", "incident--urn:uuid:" + u,
		"incident--" + strings.ReplaceAll(u, "-", ""), "incident--" + u[:35], "incident--" + u[:35] + "g", "incident--",
	} {
		want := `id "` + strings.ReplaceAll(id, "í", `\u00ed`) + `" is not valid; write kind--UUID in lower case, such as incident--` + u
		if kind, err := ident.Parse(id); err == nil || err.Error() != want || kind != "" {
			t.Errorf("Parse(%q) = %q\n got %v\nwant %s", id, kind, err, want)
		}
	}
	if _, err := ident.Parse(strings.Repeat("A", 5000)); err == nil || len(err.Error()) > 300 {
		t.Errorf("error for a long id: %v", err)
	}
}

func TestBadKindPanics(t *testing.T) {
	for name, make := range map[string]func(){
		"New":         func() { ident.New("ThreatGroup") },
		"ForCasebook": func() { ident.ForCasebook("", "key") },
		"ForImport":   func() { ident.ForImport("a--b", "dataset", "1") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("an id that cannot be read back was made")
				}
			}()
			make()
		})
	}
}

// Lists of texts that run together into the same bytes, or are used for
// different things, have different ids.
func TestIdsAreApart(t *testing.T) {
	part := rapid.StringOf(rapid.RuneFrom([]rune("a1:/|\x00-")))
	kind := rapid.StringMatching(`[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		a := []string{kind.Draw(t, "kind"), part.Draw(t, "a1"), part.Draw(t, "a2")}
		b := []string{kind.Draw(t, "other kind"), part.Draw(t, "b1"), part.Draw(t, "b2")}
		if rapid.Bool().Draw(t, "same kind") {
			b[0] = a[0]
		}
		if rapid.Bool().Draw(t, "same text, cut elsewhere") {
			joined := a[1] + a[2]
			cut := rapid.IntRange(0, len(joined)).Draw(t, "cut")
			b[1], b[2] = joined[:cut], joined[cut:]
		}
		same := slices.Equal(a, b)
		if got := ident.ForImport(a[0], a[1], a[2]) == ident.ForImport(b[0], b[1], b[2]); got != same {
			t.Fatalf("import ids of %q and %q are equal: %v", a, b, got)
		}
		if got := ident.ForLink(a[0], a[1], a[2]) == ident.ForLink(b[0], b[1], b[2]); got != same {
			t.Fatalf("link ids of %q and %q are equal: %v", a, b, got)
		}
		if got := ident.ForCasebook(a[0], a[1]) == ident.ForCasebook(b[0], b[1]); got != slices.Equal(a[:2], b[:2]) {
			t.Fatalf("casebook ids of %q and %q are equal: %v", a[:2], b[:2], got)
		}
		for _, id := range []string{ident.ForImport(a[0], a[1], a[2]), ident.ForCasebook(a[0], a[1]), ident.New(a[0])} {
			if k, err := ident.Parse(id); err != nil || k != a[0] {
				t.Fatalf("Parse(%q) = %q, %v", id, k, err)
			}
		}
		if ident.ForCasebook(a[0], a[1]) == ident.ForImport(a[0], "", a[1]) {
			t.Fatal("casebook and import share an id")
		}
	})
}

var form = regexp.MustCompile(`^([a-z][a-z0-9]*(?:-[a-z0-9]+)*)--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "incident--3f2a8c1e-5b7d-4e90-a1c4-6d2b8f0e9a37", "a-b--00000000-0000-0000-0000-000000000000", "a---", "A--3F2A8C1E-5B7D-4E90-A1C4-6D2B8F0E9A37"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, err := ident.Parse(s)
		want := ""
		if m := form.FindStringSubmatch(s); m != nil {
			want = m[1]
		}
		if kind != want || (err == nil) != (want != "") {
			t.Fatalf("Parse(%q) = %q, %v; want %q", s, kind, err, want)
		}
	})
}
