mod crossed;
mod nested;
