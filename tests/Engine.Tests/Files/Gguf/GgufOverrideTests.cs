using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Files.Gguf;

public sealed class GgufOverrideTests
{
    [Theory]
    [InlineData("a.b=int:-7", GgufValueType.Int64, "-7")]
    [InlineData("a.b=float:1e-5", GgufValueType.Float64, "1E-05")]
    [InlineData("a.b=bool:true", GgufValueType.Bool, "true")]
    [InlineData("a.b=str:x=y:z", GgufValueType.String, "x=y:z")]
    [InlineData("a.b=str:", GgufValueType.String, "")]
    public void A_value_has_the_type_that_is_written_before_it(string text, GgufValueType type, string value)
    {
        var (key, read) = GgufOverride.Parse(text);
        Assert.Equal("a.b", key);
        Assert.Equal(type, read.Type);
        Assert.Equal(value, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b:int=3")]
    [InlineData("=int:3")]
    [InlineData("a.b=int:")]
    [InlineData("a.b=int:9223372036854775808")]
    [InlineData("a.b=float:nan")]
    [InlineData("a.b=bool:1")]
    [InlineData("a.b=Int:1")]
    public void What_has_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => GgufOverride.Parse(text));
}
