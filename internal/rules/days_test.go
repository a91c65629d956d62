package rules

import (
	"fmt"
	"testing"
)

func TestDays(t *testing.T) {
	for name, test := range map[string]struct{ read, least, most string }{
		"days":                     {`{"earliest":"2025-05-28","latest":"2025-05-28","before":{"earliest":"2025-05-20","latest":"2025-05-20"}}`, "8", "8"},
		"a year before":            {`{"earliest":"2025-05-28","latest":"2025-05-28","before":{"earliest":"2022-01-01","latest":"2022-12-31"}}`, "879", "1243"},
		"in the same year":         {`{"earliest":"2022-03-01","latest":"2022-03-31","before":{"earliest":"2022-01-01","latest":"2022-12-31"}}`, "-305", "89"},
		"nothing before":           {`{"earliest":"2022-03-01","latest":"2022-03-31","before":null}`, "null", "null"},
		"only the end is known":    {`{"earliest":null,"latest":"2022-03-31","before":{"earliest":"2022-01-01","latest":"2022-01-02"}}`, "null", "89"},
		"the first of several":     {`{"earliest":"2022-03-05","latest":"2022-03-05","all":{"nodes":[{"earliest":"2022-03-04","latest":"2022-03-04"},{"earliest":"2022-03-01","latest":"2022-03-03"},{"earliest":null,"latest":null}]}}`, "2", "4"},
		"several without any date": {`{"earliest":"2022-03-05","latest":"2022-03-05","all":{"nodes":[{"earliest":null,"latest":null}]}}`, "null", "null"},
	} {
		t.Run(name, func(t *testing.T) {
			for rule, want := range map[string]string{"daysLeast": test.least, "daysMost": test.most} {
				if got, err := All()[rule]([]byte(test.read), nil); err != nil || string(got) != want {
					t.Errorf("%s: got %s, %v; want %s", rule, got, err, want)
				}
			}
		})
	}
}

func TestStatesWithin(t *testing.T) {
	said := 0
	claim := func(day, polarity, statement, accusers string) string {
		said++
		return fmt.Sprintf(`{"id":"attribution--%d","polarity":%q,"dateEarliest":%q,"dateLatest":%q,"statement":%s,"accusers":{"nodes":[%s]}}`, said, polarity, day, day, statement, accusers)
	}
	const none = "null"
	in := func(id string) string { return fmt.Sprintf(`{"id":%q}`, id) }
	state := func(id string) string { return fmt.Sprintf(`{"__typename":"State","id":%q}`, id) }
	body := func(kind, of string) string {
		return fmt.Sprintf(`{"__typename":"Organization","id":"x","kind":%q,"state":{"id":%q}}`, kind, of)
	}
	for name, test := range map[string]struct {
		claims []string
		days   any
		want   string
	}{
		"nobody":                    {nil, nil, "0"},
		"three states":              {[]string{claim("2020-01-01", "ASSERTED", none, state("a")), claim("2020-01-10", "ASSERTED", none, state("b")), claim("2020-01-31", "ASSERTED", none, state("c"))}, nil, "3"},
		"the third a day too late":  {[]string{claim("2020-01-01", "ASSERTED", none, state("a")), claim("2020-01-10", "ASSERTED", none, state("b")), claim("2020-02-01", "ASSERTED", none, state("c"))}, nil, "2"},
		"more days":                 {[]string{claim("2020-01-01", "ASSERTED", none, state("a")), claim("2020-02-01", "ASSERTED", none, state("c"))}, int64(31), "2"},
		"the same state twice":      {[]string{claim("2020-01-01", "ASSERTED", none, state("a")), claim("2020-01-02", "ASSERTED", none, state("a"))}, nil, "1"},
		"a joint statement":         {[]string{claim("2020-01-01", "ASSERTED", in("s"), state("a")+","+state("b")+","+state("c"))}, nil, "1"},
		"a joint one and one more":  {[]string{claim("2020-01-01", "ASSERTED", in("s"), state("a")+","+state("b")), claim("2020-01-01", "ASSERTED", in("s"), state("c")), claim("2020-01-01", "ASSERTED", none, state("c"))}, nil, "2"},
		"an organ speaks":           {[]string{claim("2020-01-01", "ASSERTED", none, body("SERVICE", "a")), claim("2020-01-01", "ASSERTED", none, state("b"))}, nil, "2"},
		"a vendor is not its state": {[]string{claim("2020-01-01", "ASSERTED", none, body("VENDOR", "a")), claim("2020-01-01", "ASSERTED", none, state("b"))}, nil, "1"},
		"suspected":                 {[]string{claim("2020-01-01", "SUSPECTED", none, state("a"))}, nil, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			list := ""
			for i, c := range test.claims {
				if i > 0 {
					list += ","
				}
				list += c
			}
			args := map[string]any{}
			if test.days != nil {
				args["days"] = test.days
			}
			if got, err := All()["statesWithin"]([]byte(`{"attributions":{"nodes":[`+list+`]}}`), args); err != nil || string(got) != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

// TestDaysThatAreNone holds that a date which no calendar has is an error, not a number of days.
func TestDaysThatAreNone(t *testing.T) {
	wrong := `{"earliest":"2022-02-30","latest":"2022-02-30","before":{"earliest":"2022-01-01","latest":"2022-01-01"}}`
	claim := `{"attributions":{"nodes":[{"id":"a","polarity":"ASSERTED","dateEarliest":"2022-01-01","dateLatest":"2022-02-30","accusers":{"nodes":[{"__typename":"State","id":"s"}]}}]}}`
	for rule, read := range map[string]string{"daysLeast": wrong, "daysMost": wrong, "statesWithin": claim} {
		if got, err := All()[rule]([]byte(read), nil); err == nil {
			t.Errorf("%s made %s of the 30th of February", rule, got)
		}
	}
}
