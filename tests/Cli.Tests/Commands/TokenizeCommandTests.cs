namespace Hearth.Cli.Tests.Commands;

public sealed class TokenizeCommandTests
{
    [Fact]
    public void A_text_becomes_ids_and_ids_become_the_text()
    {
        string ids = CommandRun.Of("tokenize", "-m", CommandRun.Stories, "--no-bos", "Once upon a time").Lines().Single();
        Assert.Equal("403 407 261 378", ids);
        Assert.Equal(["Once upon a time"], CommandRun.Of(["detokenize", "-m", CommandRun.Stories, .. ids.Split(' ')]).Lines());
        Assert.Equal(["Once upon a time"], CommandRun.WithInput("[403, 407,261\n378]", "detokenize", "-m", CommandRun.Stories).Lines());
    }

    [Fact]
    public void Pieces_and_the_count_are_for_people()
    {
        string[] lines = CommandRun.Of("tokenize", "-m", CommandRun.Stories, "--pieces", "--show-count", @"a\n").Lines();
        Assert.Equal("      1  '<s>'", lines[0]);
        Assert.Contains(@"'\n'", lines[^2], StringComparison.Ordinal);
        Assert.Equal($"{lines.Length - 1} tokens", lines[^1]);
    }

    [Fact]
    public void Special_tokens_can_be_ordinary_text()
    {
        Assert.Equal("1 2", CommandRun.Of("tokenize", "-m", CommandRun.Stories, "</s>").Lines().Single());
        Assert.NotEqual("1 2", CommandRun.Of("tokenize", "-m", CommandRun.Stories, "--no-parse-special", "</s>").Lines().Single());
    }

    [Fact]
    public void Ids_that_are_none_get_one_sentence()
    {
        Assert.Equal("A token id takes a whole number; 'one' is none.", CommandRun.Of("detokenize", "one").Sentence());
        Assert.Equal("A token id is needed; there is none.", CommandRun.Of("detokenize").Sentence());
        Assert.Equal(ExitCodes.Input, CommandRun.Of("detokenize", "99999").ExitCode);
    }

    [Fact]
    public void A_tokenizer_json_will_do()
    {
        using var file = new TemporaryFile("tokenizer.json");
        File.WriteAllText(file.FilePath, """
            {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}, "decoder": {"type": "ByteLevel"}}
            """);
        Assert.Equal("2 0", CommandRun.Of("tokenize", "-m", file.FilePath, "aba").Lines().Single());
        Assert.Equal("aba", CommandRun.Of("detokenize", "-m", file.FilePath, "2", "0").Lines().Single());
        File.WriteAllText(file.FilePath, "{}");
        Assert.Contains("tokenizer.json", CommandRun.Of("tokenize", "-m", file.FilePath, "aba").Sentence(), StringComparison.Ordinal);
    }
}
