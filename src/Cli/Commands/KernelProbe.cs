using System.Globalization;
using Hearth.Cli.Rendering;
using Hearth.Kernels;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;
using Hearth.Kernels.Threading;

namespace Hearth.Cli.Commands;

/// <summary>
/// <c>hearth bench --probe</c>: what memory and instructions of this machine allow, and how much of it each block type's matrix product
/// reaches. Machines that are shared wander, so the counts of tokens and the probe of memory take turns, and the fastest of each counts.
/// </summary>
internal sealed class KernelProbe(KernelSet kernels, int threads, TextWriter output)
{
    private const int Prompt = 512;
    private const int Rounds = 3;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.06);
    private static readonly int[] TokenCounts = [1, 2, 4, 8, 16];

    /// <summary>Measures and writes as it goes.</summary>
    public void Run()
    {
        using var pool = new WorkerPool(threads);
        output.WriteLine($"rung {RungSelection.Name(kernels.Rung)}, {Units.Of(pool.Threads, "thread")}");
        output.WriteLine($"memory, read              {Units.Bandwidth(MemoryProbe.ReadBandwidth(pool))}");
        output.WriteLine($"weights below 8 bits      {Peak(Arithmetic.NarrowDot, pool)}");
        output.WriteLine($"weights of 8 bits         {Peak(Arithmetic.WideDot, pool)}");
        output.WriteLine($"floats                    {Peak(Arithmetic.Float, pool)}");
        output.WriteLine();
        output.WriteLine("1 token: weights read, share of the memory's speed; V(n): time of n tokens, 1 token = 1; 512 tokens: share of the peak");
        output.WriteLine();
        output.WriteLine("| type    | bits |          1 token |  V(2) |  V(4) |  V(8) | V(16) |         512 tokens |");
        output.WriteLine("| ------- | ---: | ---------------: | ----: | ----: | ----: | ----: | -----------------: |");
        output.Flush();
        foreach (var panel in kernels.Panels)
            Measure(panel, pool);
    }

    private void Measure(PanelKernel panel, WorkerPool pool)
    {
        using var large = new MatMulProbe(kernels, panel, pool, MemoryProbe.BufferBytes);
        double bandwidth = 0;
        double[] fastest = [.. TokenCounts.Select(_ => double.MaxValue)];
        for (int round = 0; round < Rounds; round++)
        {
            bandwidth = Math.Max(bandwidth, MemoryProbe.ReadBandwidth(pool));
            for (int i = 0; i < fastest.Length; i++)
                fastest[i] = Math.Min(fastest[i], large.Measure(TokenCounts[i], Shortest));
        }

        double rate = large.Bytes / fastest[0];
        var relative = fastest.Skip(1).Select(seconds => (seconds / fastest[0]).ToString("F2", CultureInfo.InvariantCulture).PadLeft(5));
        string cells = string.Join(" | ", relative);

        double peak = kernels.MeasurePeak(panel.Arithmetic, pool);
        using var small = new MatMulProbe(kernels, panel, pool, bytes: 4 << 20);
        double products = small.Weights * Prompt / small.Measure(Prompt, Shortest);
        string bits = panel.BitsPerWeight.ToString("F1", CultureInfo.InvariantCulture);
        output.WriteLine(
            $"| {panel.Type,-7} | {bits,4} | {Share(rate, bandwidth, Units.Bandwidth(rate)),16} | {cells} | {Share(products, peak, Products(products)),18} |");
        output.Flush();
    }

    private string Peak(Arithmetic arithmetic, WorkerPool pool) => Products(kernels.MeasurePeak(arithmetic, pool));

    private static string Products(double perSecond)
        => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e9:F0} GMAC/s");

    private static string Share(double value, double limit, string text)
        => string.Create(CultureInfo.InvariantCulture, $"{text} {value / limit * 100:F0} %");
}
