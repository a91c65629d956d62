package main

// The statements answer maps that are written to the client as they are. Each uses an index: names of incidents
// (questions.Indexes), kinds of evidence and ids (the store's own).

const deep = `
MATCH (i:Incident) WHERE i.name STARTS WITH $start
WITH i ORDER BY i.name LIMIT 20
RETURN i.id AS id, i.name AS name,
  COLLECT {
    MATCH (i)-[:TARGETED]->(t:Target) WITH t ORDER BY t.id LIMIT 20
    RETURN {id: t.id, name: t.name, sector: t.sector}
  } AS targets,
  COLLECT {
    MATCH (i)<-[:SUBJECT]-(a:Attribution) WITH a ORDER BY a.date DESC, a.id LIMIT 5
    RETURN {
      id: a.id, summary: a.summary, confidence: a.confidence, date: a.date,
      accusers: COLLECT {
        MATCH (a)-[:ACCUSER]->(s:State) WITH s ORDER BY s.id LIMIT 20
        RETURN {id: s.id, name: s.name}
      },
      accused: COLLECT {
        MATCH (a)-[:ACCUSED]->(x:ThreatGroup|State) WITH x ORDER BY x.id LIMIT 20
        RETURN {id: x.id, name: x.name}
      },
      evidence: COLLECT {
        MATCH (a)<-[:SUPPORTS]-(e:Evidence) WITH e ORDER BY e.id LIMIT 3
        RETURN {id: e.id, title: e.title, kind: e.kind}
      },
      citations: COLLECT {
        MATCH (a)<-[:CITED_IN]-(c:Citation)-[:CITES]->(f:Framework) WITH c, f ORDER BY c.id LIMIT 20
        RETURN {framework: {id: f.id, name: f.name}}
      },
      denials: COLLECT {
        MATCH (a)<-[:DISPUTES]-(d:Denial) WITH d ORDER BY d.id LIMIT 20
        RETURN {
          id: d.id, summary: d.summary,
          deniers: COLLECT {
            MATCH (d)-[:DENIER]->(s:State) WITH s ORDER BY s.id LIMIT 20
            RETURN {id: s.id, name: s.name}
          }
        }
      }
    }
  } AS attributions`

const node = `
MATCH (i:Incident {id: $id})
RETURN i.id AS id, i.name AS name, i.summary AS summary, i.kind AS kind`

const kind = `
MATCH (:Evidence {kind: $kind})-[:SUPPORTS]->(:Attribution)-[:SUBJECT]->(i:Incident)
WITH DISTINCT i ORDER BY i.id LIMIT 20
RETURN i.id AS id, i.name AS name`

const received = `
MATCH (s:State {id: $id})
RETURN s.name AS name,
  COLLECT {
    MATCH (s)<-[:ACCUSED]-(a:Attribution) WITH a ORDER BY a.date DESC, a.id LIMIT 20
    RETURN {id: a.id, summary: a.summary, date: a.date}
  } AS attributionsReceived`
