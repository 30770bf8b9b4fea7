#pragma warning disable
using Hearth.Kernels.Threading; using Hearth.Kernels.Memory;
namespace Hearth.Kernels.Attention;
public unsafe class AttentionKernels {
  public void StoreKey(KvHeadShape s, float* k, byte* head, int pos) { for (int d=0; d<s.KeyLength; d++) { long at=((long)(pos/16)*s.KeyLength+d)*16+pos%16; if (s.KeyType==KvType.F32) ((float*)head)[at]=k[d]; else ((Half*)head)[at]=(Half)k[d]; } }
  public void StoreValue(KvHeadShape s, float* v, byte* head, int pos) { head+=s.KeyBytes; for (int d=0; d<s.ValueLength; d++) { long at=(long)pos*s.PaddedValueLength+d; if (s.ValueType==KvType.F32) ((float*)head)[at]=v[d]; else ((Half*)head)[at]=(Half)v[d]; } }
}
public static unsafe class PagedAttention {
  public static void Run(WorkerPool pool, KernelSet kernels, ReadOnlySpan<AttentionTask> tasks, Arena arena) {
    foreach (var t in tasks) for (int i=0;i<t.Tokens;i++) for (int h=0;h<t.Heads;h++) {
      var s=t.Shape; float* q=t.Queries+i*t.QueryStride+h*s.KeyLength; int g=h/(t.Heads/t.KvHeads); int pos=t.FirstPosition+i; int n=t.Causal?pos+1:t.KeyCount;
      var sc=new double[n]; double m=double.NegativeInfinity;
      for (int p=0;p<n;p++){ byte* head=t.Pages[p/64]+(long)g*s.TotalBytes; double a=0; for(int d=0;d<s.KeyLength;d++){ long at=((long)(p%64/16)*s.KeyLength+d)*16+p%16; a+=q[d]*(double)(s.KeyType==KvType.F32?((float*)head)[at]:(float)((Half*)head)[at]); } sc[p]=a*t.Scale; m=Math.Max(m,sc[p]); }
      double sum=0; for(int p=0;p<n;p++){ sc[p]=Math.Exp(sc[p]-m); sum+=sc[p]; }
      float* o=t.Outputs+i*t.OutputStride+h*s.ValueLength;
      for(int d=0;d<s.ValueLength;d++){ double a=0; for(int p=0;p<n;p++){ byte* head=t.Pages[p/64]+(long)g*s.TotalBytes+s.KeyBytes; long at=(long)(p%64)*s.PaddedValueLength+d; a+=sc[p]*(s.ValueType==KvType.F32?((float*)head)[at]:(float)((Half*)head)[at]); } o[d]=(float)(a/sum); } } }
}
