namespace Hearth.Cli.Tests.Commands;

public sealed class SparseFlagTests
{
    private static readonly string Model = PackedModels.PathOf("llama-q-q4_0.gguf");

    [Fact]
    public void A_line_says_which_blocks_read_less_and_what_was_rounded_for_it()
    {
        var run = CommandRun.Of("eval", "-m", Model, "--tokens", "1 5 9", "--sparse", "exact", "--override-kv", "llama.hidden_activation=str:relu");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Matches(
            @"^hearth: 1 feed-forward block of llama-q-q4_0\.gguf reads only what active neurons need; "
            + @"for that the last matrices, of Q4_0, were rounded again, to Q8_0\.\n$",
            run.Error);
    }

    [Fact]
    public void Auto_says_why_it_reads_everything()
    {
        var run = CommandRun.Of("eval", "-m", Model, "--tokens", "1 5 9", "--sparse", "auto", "--override-kv", "llama.hidden_activation=str:relu");
        Assert.Equal(
            "hearth: llama-q-q4_0.gguf is read whole: its last matrices, of Q4_0, would have to be rounded again; --sparse exact does that.\n",
            run.Error);
    }

    [Fact]
    public void A_model_without_true_zeros_gives_the_same_answer_and_a_line()
    {
        string whole = CommandRun.Of("eval", "-m", Model, "--tokens", "1 5 9").Output;
        var run = CommandRun.Of("eval", "-m", Model, "--tokens", "1 5 9", "--sparse", "exact");
        Assert.Equal(whole, run.Output);
        Assert.StartsWith("hearth: llama-q-q4_0.gguf is read whole: no feed-forward block", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_mode_is_wrong_usage()
    {
        var run = CommandRun.Of("eval", "-m", Model, "--tokens", "1", "--sparse", "much");
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("--sparse much is no mode; there are off, exact, sign, learned, auto.", run.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_tells_how_many_neurons_a_predictor_has_chosen()
    {
        string model = PackedModels.PathOf("nemotron.gguf");
        var run = CommandRun.Of("bench", "-m", model, "-p", "0", "-n", "2", "-r", "1", "--sparse", "sign");
        Assert.Matches(@"read only what active neurons need, as far as a predictor sees them", run.Error);
        Assert.Matches(@"hearth: neurons: [\d.]+ % chosen by predictors, [\d.]+ % active", run.Error);
    }

    [Fact]
    public void A_file_without_trained_predictors_says_so()
    {
        var run = CommandRun.Of("eval", "-m", Model, "--tokens", "1 5 9", "--sparse", "learned", "--override-kv", "llama.hidden_activation=str:relu");
        Assert.Equal(ExitCodes.Model, run.ExitCode);
        Assert.Contains("has no predictor blk.0.fc1.weight; --sparse sign needs none", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_tells_how_many_neurons_were_active()
    {
        string model = PackedModels.PathOf("nemotron.gguf");
        var run = CommandRun.Of("bench", "-m", model, "-p", "0", "-n", "2", "-r", "1", "--sparse", "auto");
        Assert.Matches(@"hearth: neurons: [\d.]+ % active \([\d.]+ to [\d.]+ by block\), [\d.]+ KiB of [\d.]+ KiB of their weights", run.Error);
    }
}
