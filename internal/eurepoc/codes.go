package eurepoc

import "strings"

// The values of closed columns, as version 1.1 writes them, and what they are in the model.

// Values of attribution_basis, which says who speaks.
const (
	basisSelf      = "Attacker confirms"
	basisSecurity  = "IT-security community attributes attacker"
	basisState     = "Attribution by receiver government / state entity"
	basisMedia     = "Media-based attribution"
	basisThird     = "Attribution by third-party"
	basisReceiver  = "Receiver attributes attacker"
	basisEU        = "Attribution by EU institution/agency"
	basisInt       = "Attribution by international organization"
	basisContested = "Contested attribution"
)

var accuserRoles = map[string]string{
	basisSelf: "SELF", basisSecurity: "SECURITY_COMPANY", basisState: "VICTIM_STATE_BODY", basisMedia: "MEDIA",
	basisThird: "UNSPECIFIED_THIRD_PARTY", basisReceiver: "VICTIM", basisEU: "EU_BODY", basisInt: "INTERNATIONAL_ORGANISATION",
	basisContested: "UNKNOWN",
}

// organizationKinds say what an accuser is of whom nothing is known but the basis, the surest first.
var organizationKinds = []struct{ basis, kind string }{
	{basisSecurity, "VENDOR"},
	{basisState, "AGENCY"},
	{basisEU, "INTERNATIONAL_ORGANISATION"},
	{basisInt, "INTERNATIONAL_ORGANISATION"},
	{basisMedia, "MEDIA"},
	{basisThird, "OTHER"},
	{basisReceiver, "OTHER"},
	{basisContested, "OTHER"},
}

// anonymousType begins the value of attribution_type for leaks and the like.
const anonymousType = "Anonymous statement in media report"

// typeForms hold the sort of publication for the beginning of a value of attribution_type; the values end in examples. A
// statement that a medium passes on is of no sort that the model has.
var typeForms = []struct {
	prefix string
	basis  []string
	legal  bool
}{
	{"Technical report", []string{"TECHNICAL"}, false},
	{"Self-attribution", []string{"SELF"}, false},
	{"Direct statement in media report", []string{"UNCLEAR"}, false},
	{anonymousType, []string{"UNOFFICIAL_POLICY"}, false},
	{"Attribution given, type unclear", []string{"UNCLEAR"}, false},
	{"Political statement/report and indictment / sanctions", []string{"OFFICIAL_POLICY", "LEGAL"}, true},
	{"Political statement / report", []string{"OFFICIAL_POLICY"}, false},
	{"Domestic legal action", []string{"LEGAL"}, true},
	{"Media report", []string{"MEDIA_ONLY"}, false},
	{"Statement in media report and political statement/technical report", []string{"UNCLEAR"}, false},
	{"Statement in media report and indictment / sanctions", []string{"LEGAL"}, true},
}

func typeForm(value string) (basis []string, legal, ok bool) {
	for _, f := range typeForms {
		if strings.HasPrefix(value, f.prefix) {
			return f.basis, f.legal, true
		}
	}
	return nil, false, false
}

// Values of attributed_initiator_category.
const (
	categoryState      = "State"
	categoryAffiliated = "Non-state actor, state-affiliation suggested"
	categoryUnknown    = "Unknown - not attributed"
)

// techniques are the ids of the techniques of MITRE ATT&CK by their names, as MITRE_initial_access and MITRE_impact have
// them. "Data Exfiltration" is the name of no technique.
var techniques = map[string]string{
	"Drive-By Compromise": "T1189", "Exploit Public-Facing Application": "T1190", "External Remote Services": "T1133",
	"Hardware Additions": "T1200", "Phishing": "T1566", "Replication Through Removable Media": "T1091",
	"Supply Chain Compromise": "T1195", "Trusted Relationship": "T1199", "Valid Accounts": "T1078",

	"Account Access Removal": "T1531", "Data Destruction": "T1485", "Data Encrypted for Impact": "T1486", "Data Manipulation": "T1565",
	"Defacement": "T1491", "Disk Wipe": "T1561", "Endpoint Denial of Service": "T1499", "Firmware Corruption": "T1495",
	"Inhibit System Recovery": "T1490", "Network Denial of Service": "T1498", "Resource Hijacking": "T1496", "Service Stop": "T1489",
	"System Shutdown/Reboot": "T1529",
}

const criticalInfrastructure = "Critical infrastructure"

// targetKinds hold the kind of target for a value of receiver_category. Critical infrastructure is a field of its own, of
// kinds that the category does not tell.
var targetKinds = map[string]string{
	"State institutions / political system": "STATE_INSTITUTION", "International / supranational organization": "INTERNATIONAL_ORGANISATION",
	"Social groups": "CIVIL_SOCIETY", "End user(s) / specially protected groups": "INDIVIDUALS", "Media": "MEDIA", "Science": "RESEARCH",
	"Education": "EDUCATION", "Other": "OTHER",
}

const corporatePrefix = "Corporate Targets"

func targetKind(category string) string {
	if strings.HasPrefix(category, corporatePrefix) {
		return "COMPANY"
	}
	return targetKinds[category]
}

// stateParts hold the kind of target for values of receiver_category_subcode that say more than their category, that of
// state institutions. Each belongs to that category only.
var stateParts = map[string]string{
	"Military": "SECURITY_BODY", "Police": "SECURITY_BODY", "Intelligence agencies": "SECURITY_BODY",
	"Political parties": "POLITICAL", "Election infrastructure / related systems": "POLITICAL",
}

// otherStateParts are the other subcodes of state institutions.
var otherStateParts = map[string]bool{
	"Government / ministries": true, "Civil service / administration": true, "Legislative": true, "Judiciary": true,
	"Other (e.g., embassies)": true,
}

// sectors hold the sector of STIX's vocabulary for the subcodes of critical infrastructure that are one.
var sectors = map[string]string{
	"Energy": "energy", "Water": "water", "Transportation": "transportation", "Health": "healthcare", "Chemicals": "chemical",
	"Telecommunications": "telecommunications", "Finance": "financial-services", "Defence industry": "defense",
	"Critical Manufacturing": "manufacturing",
}

// responseForm says what a value of political_response_type_subcode or legal_response_type_subcode is in the model: a
// statement of some form or a measure of some kind.
type responseForm struct{ statement, measure string }

var responseForms = map[string]responseForm{
	"Awareness raising":                                 {measure: "WARNING_OR_ADVISORY"},
	"Capacity building in third countries":              {measure: "CAPACITY_BUILDING"},
	"Confidence and security-building Dialogues":        {measure: "OTHER"},
	"Declaration of HR":                                 {statement: "DECLARATION_ON_BEHALF"},
	"Diplomatic protest notes":                          {measure: "DEMARCHE_OR_PROTEST_NOTE"},
	"Economic sanctions":                                {measure: "SANCTIONS"},
	"Legislative initiative":                            {measure: "LEGISLATION"},
	"Parliamentary investigation committee":             {measure: "PARLIAMENTARY_INQUIRY"},
	"Removal from office":                               {measure: "RESIGNATION_OR_REMOVAL"},
	"Resignation":                                       {measure: "RESIGNATION_OR_REMOVAL"},
	"Severance of diplomatic relations":                 {measure: "RELATIONS_SEVERED"},
	"Proclamation of public emergency (national level)": {measure: "STATE_OF_EMERGENCY"},
}

// formOf looks a response up by its subcode, or by its type where it has none.
func formOf(kind, subcode string) responseForm {
	for _, s := range []string{subcode, kind} {
		if f, ok := responseForms[s]; ok {
			return f
		}
	}
	if strings.HasPrefix(subcode, "Statement") {
		return responseForm{statement: "POLITICAL_STATEMENT"}
	}
	return responseForm{measure: "OTHER"}
}
