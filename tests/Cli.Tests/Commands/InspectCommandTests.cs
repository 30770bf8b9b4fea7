using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    [Fact]
    public void Shows_sizes_metadata_and_tensors_in_plain_text()
    {
        var run = CommandRun.Of("inspect", "-m", CommandRun.Stories);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.DoesNotContain('\e', run.Output);
        Assert.Matches(@"architecture +llama ", run.Output);
        Assert.Matches(@"parameters +260\.03 K", run.Output);
        Assert.Matches(@"memory +[\d.]+ KiB of weights \+ [\d.]+ (K|M)iB of cache for 512 positions \(F16/F16\)", run.Output);
        Assert.Matches(@"llama\.block_count +UInt32 +5", run.Output);
        Assert.Matches(@"blk\.4\.ffn_down\.weight +172 x 64 +F16 +21\.50 KiB", run.Output);
    }

    [Fact]
    public void The_cache_follows_context_and_types()
    {
        string small = CommandRun.Of("inspect", "-m", CommandRun.Stories, "-c", "64").Output;
        Assert.Contains("60.00 KiB of cache for 64 positions (F16/F16)", small, StringComparison.Ordinal);
        string wide = CommandRun.Of("inspect", "-m", CommandRun.Stories, "-c", "64", "-ctk", "f32", "-ctv", "f32").Output;
        Assert.Contains("of cache for 64 positions (F32/F32)", wide, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_can_be_asked_for_alone()
    {
        string metadata = CommandRun.Of("inspect", "-m", CommandRun.Stories, "--metadata").Output;
        Assert.Contains("llama.block_count", metadata, StringComparison.Ordinal);
        Assert.DoesNotContain("blk.0", metadata, StringComparison.Ordinal);
        string tensors = CommandRun.Of("inspect", "-m", CommandRun.Stories, "--tensors").Output;
        Assert.DoesNotContain("llama.block_count", tensors, StringComparison.Ordinal);
        Assert.Contains("blk.0.attn_q.weight", tensors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vocabulary_without_tensors_can_be_inspected()
    {
        using var vocabulary = ModelErrorTests.Vocabulary();
        var run = CommandRun.Of("inspect", "-m", vocabulary.FilePath);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("none: a vocabulary alone", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_embedded_model_is_honest_about_itself()
        => Assert.Matches(@"parameters +5\.38 M", CommandRun.Of("inspect").Output);

    [Fact]
    public void A_type_that_kernels_read_expanded_says_so()
    {
        using var file = new TemporaryFile("expanded.gguf");
        var writer = new GgufWriter(new GgufMetadataBuilder("test") { ["general.architecture"] = "llama" }.Build());
        writer.Add("output.weight", WeightType.TQ1_0, [256, 4], stream => stream.Write(new byte[4 * 54]));
        writer.Write(file.FilePath);
        Assert.Contains("mostly TQ1_0 (expanded to 2.1 bits)", CommandRun.Of("inspect", "-m", file.FilePath).Output, StringComparison.Ordinal);
    }
}
