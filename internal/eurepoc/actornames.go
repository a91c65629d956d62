package eurepoc

import (
	"regexp"
	"strings"
)

// What is known of the names of actors that the data set gives as text, beyond what its columns say. A name that is not
// here is decided by the columns: see actors.decide.

// organizations holds organs of states, companies and other bodies by the data set's name and says of what kind they are.
var organizations = kinds(map[string]string{
	"SERVICE": `BND|CIA|CSEC|FSB|GCHQ|GRU|ISI|MSS|MSS/JSSD|SVR|Agencija za Nacionalnu Bezbjednost (ANB)|Australian Signals Directorate (ASD)|
		Central Intelligence Agency|Centro Nacional de Inteligencia (CNI)|Communications Security Establishment Canada (CSEC)|
		Federal Security Service (FSB)|General Directoral of Civil Intelligence (DIGICI)|General Security Directorate|GRU Unit 74455|
		Inter-Services Intelligence|
		Main Centre for Special Technologies (GTsST) of the Main Directorate of the General Staff of the Armed Forces of the Russian Federation (GU/GRU)|
		Ministry of Intelligence and Security (MOIS; Iran)|National Intelligence Service (NIS)|National Investigative Service|
		National Security Agency (NSA)|National Security Committee of the Republic of Kazahkstan (NSC)|Nigerian Defence Intelligence Agency|
		Preventive Security Service (PSS)|Reconnaissance General Bureau|Republic of Korea Defense Security Agency (DSA)|
		US intelligence agencies|Unit 02616 SSS`,
	"ARMED_FORCES": `Cyber National Mission Force (CNMF)|Cyber-Kommando Bundeswehr|Iran Revolutionary Guard Corps|
		Islamic Revolutionary Guard Corps (IRGC)|Military Unit 121|PLA|PLA Unit 61398|PLA Unit 61419|PLA Unit 69010|PLA Unit 78020|
		Philippine Army|Texas Military Department|US CYCOM|US Cyber Command (USCC / US CYCOM)|United States Cyber Command (US CYCOM)|Unit 8200`,
	"POLICE": `Cyber Police Force of Ukraine|Dutch Federal Police (Politie)|Mossos d'Esquadra (ESP)|Royal Canadian Mounted Police (RCMP)|
		Ukrainian Cyber Police Force|
		Italian cyber police - National Anti-Crime Computer Centre for Critical Infrastructure Protection(CNAIPIC)`,
	"PROSECUTOR": `Central Department of Investigation and Prosecution (DCIAP)|Dutch Public Prosecution Service|Prosecutor's Office`,
	"COURT":      `Juzgado Central de Instrucción de la Audiencia Nacional (ESP)`,
	"GOVERNMENT": `Albanian Government|Australian Government|Federal Government of Germany|Government of Canada|Government of El Salvador|
		Italian Government|National Security Council|Spanish Government|The White House|UK government`,
	"MINISTRY": `Defense Technology Innovation and Development Center of the Ukrainian Ministry of Defense|
		Department of Science and Technology (DOST)|Ministry of Defence (PRT)|U.S. Department of Health and Human Services (HHS)|
		U.S. Department of State|US Department of Health and Human Services|US Department of Homeland Security (DHS)|
		US Department of Justice (DoJ)|US Department of the Treasury|US Justice Department|
		Department of the Treasury’s Office of Foreign Assets Control (OFAC)`,
	"AGENCY": `Armenian State Service|Atomic Energy Organization of Iran (AEOI)|CERT-UA|Department of Health, State of Hawaii (USA)|
		Centre for Cyber Security (CFCS) Denmark|Estonian Information System Authority (RIA)|Federal Bureau of Investigation (FBI)|
		Federal Office for Information Security (BSI)|Nationaal Cyber Security Centrum (NCSC) of the Netherlands|
		The State Cyber Protection Centre of the State Service of Special Communication and Information Protection of Ukraine|
		UK National Cyber Security Centre (NCSC)`,
	"INTERNATIONAL_ORGANISATION": `Council of the European Union (European Council)|
		High Representative of the Union for Foreign Affairs and Security Policy (HR/VP)`,
	"ALLIANCE": `Five Eyes|North Atlantic Treaty Organization (NATO)`,
	"VENDOR":   `MalwareBytes`,
	"RESEARCH": `Bellingcat|Central Scientific Research Institute of Chemistry and Mechanics (CNIIHM; a.k.a. ЦНИИХМ)|CitizenLab|
		State Research Center of the Russian Federation FGUP Central Scientific Research Institute of Chemistry and Mechanics (TsNIIKhM)`,
	"MEDIA": `Members of "El Faro"|TechCrunch`,
	"COMPANY": `Afkar System Yazd Company|Afkar System Yazd Company < COBALT MIRAGE|Appin Security Group|Bell TroX Info Tech Services|Boyusec|
		Breej Holding|DarkMatter|Hainan Xiandun Company/MSS|Najee Technology Hooshmand Fater LLC|
		Najee Technology Hooshmand Fater LLC < COBALT MIRAGE|Rana Company/Ministry of Intelligence and Security (Iran)|Sandvines|
		Special Technology Centre|Swiss Federal Railways (SBB)`,
	"OTHER": `Hamas|Hezbollah|Houthi Militias|Japan Computer Emergency Response Team Coordination Center (JPCERT/CC)|Muslim Brotherhood|
		National Computer Network Emergency Response Technical Team/Coordination Center of China|
		People's Mujahideen Organisation of Iran (PMOI)/ Mujahideen Khalq Organisation (MKO)|Z-Cert`,
})

func kinds(lists map[string]string) map[string]string {
	out := map[string]string{}
	for kind, list := range lists {
		for _, name := range strings.Split(list, "|") {
			out[clean(name)] = kind
		}
	}
	return out
}

// naturalPersons are names of people that stand in the columns without an office. Such a person is a node only where a legal
// act names the person; other records keep the name to themselves.
var naturalPersons = set(`A.R. Bunse|Ahmad Khatibi Aghda, aka Ahmad Khatibi (Afkar System Yazd Company)|Ali Agha-Ahmadi (Ali Ahmadi)|
	Aliakbar Rashidi-Barjini (Rashidi)|
	Amir Hossein Nickaein Ravari, aka Amir Hossein Nikaeen, aka Amir Hossein Nickaein, aka Amir Nikayin|
	Amir Hossein Nikaeen Ravari (Nikaeen)|Borislav Sarafov|David Kernell|Dong Jiazhi|Evgeny Viktorovich Gladkikh (TsNIIKhM)|
	Li Xiaoyu/Oro01xy|Maia Arson Crimew|Majd Ouida for Islamic Jihad|
	Mansour Ahmadi, aka Mansur Ahamdi (Najee Technology Hooshmand Fater LLC)|
	Marat Valeryevich Tyukov (FSB, Center 16, Military Unit 71330)|Mikhail Mikhailovich Gavrilov (FSB, Center 16, Military Unit 71330)|
	Mohammad Agha Ahmadi (Mohammad Ahmadi)|Mohammad Shakeri-Ashtijeh (Shakeri)|Mojtaba Haji Hosseini (Mojtaba)|
	Mostafa Haji Hosseini (Mostafa)|Mo’in Mahdavi (Mahdavi)|Muhammad Bilal|
	Pavel Aleksandrovich Akulov (FSB, Center 16, Military Unit 71330)|Robert Smith`)

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Split(list, "|") {
		out[clean(name)] = true
	}
	return out
}

func isNaturalPerson(name string) bool {
	return naturalPersons[name] || strings.Contains(name, memberMark)
}

// employees are people whose parentheses name an employer and no office.
var employees = set(`MJ Emanuel (Cybersecurity and Infrastructure Security Agency (CISA), United States)|
	Marek Vala (National Cyber and Information Security Agency, Czech Republic)|Pavel Klimes (Avast Threat Labs, Czech Republic)`)

// personas are accusers that no column tells to be a group or a name on the internet.
var personas = set(`IntelBroker`)

var (
	// office is what stands in parentheses after the name of somebody who speaks.
	office = regexp.MustCompile(`\b(Academics?|Advisor|Attorney|Chairman|Chief|Commissioner|Congress(wo)?man|Director|Editor|Head|Mayor|Member of|Minister|` +
		`minister|Official|Premier|President|Prosecutor|Secretary|Sheriff|Spokes(wo)?man|` +
		`expert|researcher|spokes(wo)?man)`)
	trailing = regexp.MustCompile(`^([^(]*(?:\([^()]*\)[^(]*)?[^( ]) ?\((.*)\)$`)
)

// officeHolder splits the name of somebody who speaks in an office, such as "Edi Rama (Prime Minister, ALB)".
func officeHolder(name string) (person, role string, ok bool) {
	if _, has := organizations[name]; has {
		return "", "", false
	}
	m := trailing.FindStringSubmatch(name)
	if m == nil || !office.MatchString(m[2]) && !employees[name] {
		return "", "", false
	}
	return m[1], m[2], true
}
