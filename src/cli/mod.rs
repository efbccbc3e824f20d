//! At the prompt: arguments in, sentences out.
