using System.Runtime.InteropServices;
using Hearth.Kernels.Formats;

namespace Hearth.Cli.Tests.Commands;

public sealed class BlocksCommandTests
{
    private const int Columns = 512;

    private static readonly float[] Weights = [.. Enumerable.Range(0, 3 * Columns).Select(i => MathF.Sin(i * 0.7f) * (1 + (i % 7)))];

    public static TheoryData<string> Types { get; } = [.. WeightFormat.All.Select(format => format.Type.ToString())];

    [Theory]
    [MemberData(nameof(Types))]
    public void Files_are_coded_as_the_formats_code_rows(string type)
    {
        Assert.True(WeightFormat.TryGet(type, out var format));
        float[] importance = [.. Enumerable.Range(0, Columns).Select(i => 1f + (i % 3))];
        using var floats = new TemporaryFile(MemoryMarshal.AsBytes(Weights.AsSpan()).ToArray());
        using var columns = new TemporaryFile(MemoryMarshal.AsBytes(importance.AsSpan()).ToArray());
        string blocks = Path.Combine(floats.Folder, "blocks");
        string back = Path.Combine(floats.Folder, "back");
        Run("--type", type, "--encode", floats.FilePath, "--row", $"{Columns}", "--imatrix", columns.FilePath, "--out", blocks);
        Run("--type", type.ToLowerInvariant(), "--decode", blocks, "--out", back);

        byte[] expected = new byte[format.RowBytes(Weights.Length)];
        int rowBytes = (int)format.RowBytes(Columns);
        for (int row = 0; row < 3; row++)
            format.Encode(Weights.AsSpan(row * Columns, Columns), importance, expected.AsSpan(row * rowBytes, rowBytes));
        float[] decoded = new float[Weights.Length];
        format.Decode(expected, decoded);
        Assert.Equal(expected, File.ReadAllBytes(blocks));
        Assert.Equal(MemoryMarshal.AsBytes(decoded.AsSpan()).ToArray(), File.ReadAllBytes(back));
    }

    [Theory]
    [InlineData("--type Q9_K --decode {0} --out {1}", ExitCodes.Usage, "--type Q9_K is no block type")]
    [InlineData("--decode {0} --out {1}", ExitCodes.Usage, "--type is needed")]
    [InlineData("--type Q8_0 --decode {0}", ExitCodes.Usage, "--out is needed")]
    [InlineData("--type Q8_0 --out {1}", ExitCodes.Usage, "Either --decode or --encode is needed")]
    [InlineData("--type Q4_K --decode {0} --out {1}", ExitCodes.Model, "no whole number of Q4_K blocks of 144 bytes")]
    [InlineData("--type Q4_K --encode {0} --row 100 --out {1}", ExitCodes.Model, "rows of 100 weights do not divide into Q4_K blocks of 256")]
    [InlineData("--type Q4_0 --encode {0} --row 1024 --out {1}", ExitCodes.Model, "has 1536 floats, which are no whole number of rows of 1024")]
    [InlineData("--type IQ2_XS --encode {0} --row 512 --out {1}", ExitCodes.Model, "IQ2_XS is not encoded without an importance")]
    [InlineData("--type Q4_0 --encode {0} --row 512 --imatrix {0} --out {1}", ExitCodes.Model, "512 columns need 2048")]
    public void What_does_not_fit_is_said_and_nothing_is_written(string arguments, int code, string message)
    {
        using var floats = new TemporaryFile(MemoryMarshal.AsBytes(Weights.AsSpan()).ToArray());
        string output = Path.Combine(floats.Folder, "out");
        string[] args = [.. arguments.Split(' ').Select(part => part.Replace("{0}", floats.FilePath).Replace("{1}", output))];
        var run = CommandRun.Of(["blocks", .. args]);
        Assert.Contains(message, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
        Assert.False(File.Exists(output));
    }

    private static void Run(params string[] args)
    {
        var run = CommandRun.Of(["blocks", .. args]);
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }
}
