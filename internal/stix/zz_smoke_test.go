package stix_test
import ("testing";"time";"fmt";"os")
func TestSmoke(t *testing.T){
	if os.Getenv("SMOKE")=="" {t.Skip()}
	s:=newSession(t)
	start:=time.Now()
	r:=mustCollect(t,s,unpacked(attackBundle))
	fmt.Println(time.Since(start), len(r.nodes), len(r.links), s.Totals(), len(s.notes))
	k:=map[string]int{}
	for _,n:=range r.nodes{k[n.Kind]++}
	l:=map[string]int{}
	for n:=range r.links{l[n[0]]++}
	fmt.Println(k,l)
	c:=map[string]int{}
	for _,n:=range s.notes{ c[string(n.Action)+" "+n.Type+" "+n.Reason]++}
	fmt.Println(c)
	for _, kk:=range []string{"AliasClaim","Attribution","Organization","Incident"} { for i,n:=range r.of(kk){ if i<3 {fmt.Println(n.Kind, n.Props)}}}
	st:=emptySQLite(t,s.Catalog)
	start=time.Now()
	fmt.Println(importInto(t,st,newSession(t),unpacked(attackBundle)), time.Since(start))
	start=time.Now()
	fmt.Println(importInto(t,st,newSession(t),unpacked(attackBundle)), time.Since(start))
}
