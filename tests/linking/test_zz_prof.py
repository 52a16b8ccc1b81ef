import time, importlib.util, sys
spec=importlib.util.spec_from_file_location("te","/work/main/tests/linking/test_engines.py"); te=importlib.util.module_from_spec(spec); spec.loader.exec_module(te)
def test_prof(spark_linker, held):
    eng=spark_linker.engine; run0=eng.run; rows0=eng.rows; T=[]
    def run(step):
        t=time.perf_counter(); run0(step); T.append((round(time.perf_counter()-t,2),step.name,getattr(step,'keep',None)))
    def rows(sql):
        t=time.perf_counter(); r=rows0(sql); T.append((round(time.perf_counter()-t,2),"rows "+sql.strip()[:40],None)); return r
    class P: pass
    eng.run=run; eng.rows=rows
    p0=eng.put
    def put(n,r):
        t=time.perf_counter(); p0(n,r); T.append((round(time.perf_counter()-t,2),"put "+n,None))
    eng.put=put
    t=time.perf_counter(); spark_linker(**te.world(held)); print("TOTAL",time.perf_counter()-t)
    for x in sorted(T,reverse=True)[:45]: print(x)
