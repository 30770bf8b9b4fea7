using System.Globalization;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Rendering;

/// <summary>Numbers with their units, the same in every culture.</summary>
internal static class Units
{
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB"];
    private static readonly string[] Decimal = ["", " K", " M", " B", " T"];

    /// <summary>Bytes in powers of 1024: 5.53 MiB.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < Binary.Length - 1; unit++)
            value /= 1024;
        string number = unit == 0 ? bytes.ToString(CultureInfo.InvariantCulture) : value.ToString("F2", CultureInfo.InvariantCulture);
        return $"{number} {Binary[unit]}";
    }

    /// <summary>Parameters in powers of 1000: 5.38 M.</summary>
    public static string Count(long count)
    {
        double value = count;
        int unit = 0;
        for (; value >= 1000 && unit < Decimal.Length - 1; unit++)
            value /= 1000;
        string number = unit == 0 ? count.ToString(CultureInfo.InvariantCulture) : value.ToString("F2", CultureInfo.InvariantCulture);
        return number + Decimal[unit];
    }

    /// <summary>A time: 12.3 ms, 4.56 s.</summary>
    public static string Time(TimeSpan time)
        => time.TotalSeconds < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F1} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F2} s");

    /// <summary>Tokens per second.</summary>
    public static string Rate(int tokens, TimeSpan time)
        => time > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{tokens / time.TotalSeconds:F1} t/s") : "- t/s";

    /// <summary>Bytes per second in powers of 1000, as memory is sold: 59.3 GB/s.</summary>
    public static string Bandwidth(double bytesPerSecond)
        => string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / 1e9:F1} GB/s");

    /// <summary>A number with its noun: 1 token, 2 tokens.</summary>
    public static string Of(int count, string noun)
        => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>The type of most weights, and what kernels read if that is more: Q8_0, IQ2_XS (expanded to 3.6 bits).</summary>
    public static string MainType(ModelSummary summary)
        => summary.MainKernel is { IsExpanded: true } kernel
            ? string.Create(CultureInfo.InvariantCulture, $"{kernel.Type} (expanded to {kernel.BitsPerWeight:F1} bits)")
            : $"{summary.MainType}";
}
