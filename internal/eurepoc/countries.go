package eurepoc

import (
	"attrigraph/internal/importer"
	"attrigraph/internal/store"
)

// isoCodes holds the code of ISO 3166-1 for the data set's names of states and territories, which are partly ISO's own
// and partly common ones.
var isoCodes = map[string]string{
	"Afghanistan": "AF", "Albania": "AL", "Algeria": "DZ", "Angola": "AO", "Anguilla": "AI", "Argentina": "AR", "Armenia": "AM",
	"Australia": "AU", "Austria": "AT", "Azerbaijan": "AZ", "Bahamas": "BS", "Bahrain": "BH", "Bangladesh": "BD", "Belarus": "BY",
	"Belgium": "BE", "Bolivia": "BO", "Bosnia and Herzegovina": "BA", "Brazil": "BR", "Brunei": "BN", "Bulgaria": "BG",
	"Burkina Faso": "BF", "Cambodia": "KH", "Canada": "CA", "Chile": "CL", "China": "CN", "Colombia": "CO",
	"Congo, the Democratic Republic of the": "CD", "Costa Rica": "CR", "Croatia": "HR", "Cuba": "CU", "Cyprus": "CY",
	"Czech Republic": "CZ", "Denmark": "DK", "Dominican Republic": "DO", "Ecuador": "EC", "Egypt": "EG", "El Salvador": "SV",
	"Estonia": "EE", "Ethiopia": "ET", "Fiji": "FJ", "Finland": "FI", "France": "FR", "Gabon": "GA", "Georgia": "GE", "Germany": "DE",
	"Ghana": "GH", "Greece": "GR", "Guatemala": "GT", "Guernsey": "GG", "Guyana": "GY", "Holy See (Vatican City State)": "VA",
	"Honduras": "HN", "Hong Kong": "HK", "Hungary": "HU", "Iceland": "IS", "India": "IN", "Indonesia": "ID",
	"Iran, Islamic Republic of": "IR", "Iraq": "IQ", "Ireland": "IE", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Jordan": "JO",
	"Kazakhstan": "KZ", "Kenya": "KE", "Korea, Democratic People's Republic of": "KP", "Korea, Republic of": "KR", "Kuwait": "KW",
	"Kyrgyzstan": "KG", "Laos": "LA", "Latvia": "LV", "Lebanon": "LB", "Libya": "LY", "Lithuania": "LT", "Luxembourg": "LU",
	"Macao": "MO", "Malaysia": "MY", "Maldives": "MV", "Mexico": "MX", "Moldova, Republic of": "MD", "Mongolia": "MN",
	"Montenegro": "ME", "Morocco": "MA", "Myanmar": "MM", "Namibia": "NA", "Nauru": "NR", "Nepal": "NP", "Netherlands": "NL",
	"New Zealand": "NZ", "Nigeria": "NG", "Norway": "NO", "Oman": "OM", "Pakistan": "PK", "Palestine": "PS", "Panama": "PA",
	"Paraguay": "PY", "Peru": "PE", "Philippines": "PH", "Poland": "PL", "Portugal": "PT", "Puerto Rico": "PR", "Qatar": "QA",
	"Romania": "RO", "Russia": "RU", "Rwanda": "RW", "Saudi Arabia": "SA", "Serbia": "RS", "Singapore": "SG", "Slovakia": "SK",
	"South Africa": "ZA", "Spain": "ES", "Sri Lanka": "LK", "Sudan": "SD", "Swaziland": "SZ", "Sweden": "SE", "Switzerland": "CH",
	"Syria": "SY", "Taiwan": "TW", "Tajikistan": "TJ", "Tanzania": "TZ", "Thailand": "TH", "Togo": "TG", "Tunisia": "TN",
	"Turkey": "TR", "Turkmenistan": "TM", "Uganda": "UG", "Ukraine": "UA", "United Arab Emirates": "AE", "United Kingdom": "GB",
	"United States": "US", "Uruguay": "UY", "Uzbekistan": "UZ", "Venezuela": "VE", "Vietnam": "VN", "Yemen": "YE", "Zimbabwe": "ZW",
}

// noStates are what else the country columns of version 1.1 hold: regions, organizations and ISIS.
var noStates = map[string]bool{
	"Africa": true, "Asia (region)": true, "Balkans (region)": true, "Caucasus": true, "Central America (region)": true,
	"Central Asia (region)": true, "EU (region)": true, "Eastern Asia (region)": true, "Eastern Europe": true, "Europe (region)": true,
	"Global (region)": true, "Gulf Countries (region)": true, "ISIS": true, "International Association of Athletics Federations": true,
	"Interpol": true, "Mena Region (region)": true, "Middle East (region)": true, "NATO (region)": true, "North America": true,
	"Northeast Asia (region)": true, "Northern Europe": true, "Oceania (region)": true,
	"Organization for Security and Cooperation in Europe": true, "South America": true, "South Asia (region)": true,
	"South China Sea (region)": true, "Southeast Asia (region)": true, "UNICEF": true, "United Nations": true,
	"United Nations Economic and Social Council": true, "United Nations Environment Programme": true,
	"United Nations Organization": true, "Western Europe": true, "World Anti-Doping Agency": true,
}

// stateNode returns the node of the state or territory that the data set calls so. A region or organization is none; known is
// false for a name that is in neither list.
func stateNode(country, place string) (n *store.Node, known bool) {
	code, ok := isoCodes[country]
	if !ok {
		return nil, noStates[country]
	}
	n, ok = importer.State(code, country, place)
	return n, ok
}
