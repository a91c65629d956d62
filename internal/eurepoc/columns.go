package eurepoc

import (
	"fmt"
	"slices"
	"strings"

	"attrigraph/internal/importer"
)

// The types of records, as counts and notes name them.
const (
	incidentType    = "incident"
	attributionType = "attribution"
	receiverType    = "receiver"
)

// tableKind is one of the three tables of the data set.
type tableKind struct {
	title string
	// record is the type of the table's records.
	record string
	// needed are the columns without which a row cannot be mapped in any version; columns are all of version 1.1.
	needed, columns []string
}

var globalTable = &tableKind{
	title: "Global Database", record: incidentType, needed: []string{"ID", "name"},
	columns: strings.Fields(`ID name description start_date end_date inclusion_criteria inclusion_criteria_subcode
		source_incident_detection_disclosure incident_type receiver_name receiver_country receiver_region receiver_category
		receiver_category_subcode initiator_name initiator_country initiator_category initiator_category_subcode
		number_of_attributions attribution_date attribution_type attribution_basis attributing_actor attribution_it_company
		attributing_country attributed_initiator attributed_initiator_country attributed_initiator_category
		attributed_initiator_subcategory sources_attribution cyber_conflict_issue offline_conflict_issue
		offline_conflict_name_HIIK offline_conflict_intensity offline_conflict_intensity_subcode
		number_of_political_responses political_response_date political_response_type political_response_type_subcode
		political_response_country political_response_actor zero_days zero_days_subcode MITRE_initial_access MITRE_impact
		user_interaction has_disruption data_theft disruption hijacking physical_effects_spatial physical_effects_temporal
		unweighted_cyber_intensity target_multiplier weighted_cyber_intensity impact_indicator impact_indicator_value
		functional_impact intelligence_impact political_impact_affected_entities
		political_impact_affected_entities_exact_value political_impact_third_countries
		political_impact_third_countries_exact_value economic_impact economic_impact_exact_value economic_impact_currency
		state_responsibility_indicator IL_breach_indicator IL_breach_indicator_subcode evidence_for_sanctions_indicator
		number_of_legal_responses legal_response_date legal_response_type legal_response_type_subcode
		legal_response_country legal_response_actor legal_attribution_reference legal_attribution_reference_subcode
		legal_response_indicator casualties sources_url`),
}

var attributionTable = &tableKind{
	title: "Attribution dataset", record: attributionType, needed: []string{"incident_ID", "attribution_ID"},
	columns: strings.Fields(`incident_ID attribution_ID attribution_date attribution_type attribution_basis attributing_actor
		attribution_it_company attributing_country attributed_initiator attributed_initiator_country
		attributed_initiator_category`),
}

var receiverTable = &tableKind{
	title: "Receiver dataset", record: receiverType, needed: []string{"ID", "receiver_country", "receiver_name"},
	columns: strings.Fields(`ID receiver_country receiver_region receiver_name receiver_category receiver_category_subcode`),
}

var tableKinds = []*tableKind{globalTable, attributionTable, receiverTable}

// recognize tells the tables apart by columns that only one of them has. The Global Database repeats most columns of the
// two others, so theirs come last. nil stands for a header of none of them.
func recognize(columns map[string]int) *tableKind {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { _, ok := columns[n]; return ok })
	}
	switch {
	case has("attribution_ID", "incident_ID"):
		return attributionTable
	case has("description", "start_date", "incident_type", "sources_url"):
		return globalTable
	case has("receiver_name", "receiver_country", "receiver_category"):
		return receiverTable
	}
	return nil
}

// checkColumns compares a header with that of version 1.1. A file of that version must have its columns. Another version
// may lack those without which rows can be mapped, and have others; what is missing or unknown is remarked on.
func (t *table) checkColumns(s *importer.Session, version string) error {
	var missing, unknown []string
	for _, c := range t.kind.columns {
		if _, has := t.at[c]; !has {
			missing = append(missing, c)
		}
	}
	for _, c := range t.columns {
		if !slices.Contains(t.kind.columns, c) {
			unknown = append(unknown, c)
		}
	}
	strict := version == knownVersion
	for _, c := range missing {
		if strict || slices.Contains(t.kind.needed, c) {
			return t.invalid(1, "the column %q of the %s is missing; give the file as EuRepoC publishes it", c, t.kind.title)
		}
		s.Remark(importer.Changed, t.input.Name+":1", t.kind.record, "", "version %s lacks the column %s of version %s: nothing is read from it", version, c, knownVersion)
	}
	for _, c := range unknown {
		if strict {
			return t.invalid(1, "the %s of version %s has no column %q; if the file is of another version, let its name end in that version, such as _1.2.csv", t.kind.title, knownVersion, c)
		}
		s.Remark(importer.Changed, t.input.Name+":1", t.kind.record, "", "the column %q is not one of version %s: it is kept with the records and not mapped", c, knownVersion)
	}
	return nil
}

// byKind orders the files by table and tells which are missing or given twice.
func byKind(files []importer.Input) (map[*tableKind]*table, error) {
	tables := map[*tableKind]*table{}
	for _, f := range files {
		t, err := readTable(f)
		if err != nil {
			return nil, err
		}
		if other := tables[t.kind]; other != nil {
			return nil, t.invalid(1, "%s is the %s too; give each of the three files once", other.input.Name, t.kind.title)
		}
		tables[t.kind] = t
	}
	var missing []string
	for _, k := range tableKinds {
		if tables[k] == nil {
			missing = append(missing, "the "+k.title)
		}
	}
	switch last := len(missing) - 1; {
	case last == 0:
		return nil, fmt.Errorf("%s is missing; give the three CSV files of EuRepoC together", missing[0])
	case last > 0:
		return nil, fmt.Errorf("%s and %s are missing; give the three CSV files of EuRepoC together", strings.Join(missing[:last], ", "), missing[last])
	}
	return tables, nil
}
