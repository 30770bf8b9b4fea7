namespace Hearth.Engine.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("bert-bge")]
    [InlineData("deepseek-coder")]
    [InlineData("falcon")]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("nomic-bert-moe")]
    [InlineData("phi-3")]
    [InlineData("qwen2")]
    [InlineData("starcoder")]
    public void Ids_texts_and_pieces_are_those_of_the_reference(string name)
        => Assert.Empty(TokenizerData.Cases(name).Differences(TokenizerData.Tokenizer(name)));
}
